{#
    Whether a contact's own flag forbids the purpose. "Wants no marketing e-mail" leaves the
    order confirmation; "wants no calls" leaves no call at all. `opt_outs` is left joined.
#}
{% macro is_opted_out(opt_outs, purpose) -%}
    coalesce(
        {{ opt_outs }}.channel = 'phone'
        or ({{ opt_outs }}.channel = 'email' and {{ purpose }} <> 'service'),
        false
    )
{%- endmacro %}
