{#
    An amount in the base currency, exact to four decimals; null where no rate is known, or where
    it is more than the column holds.

    `rates` is int_fx_rates__daily, left joined on the row's currency and day. Amounts in the
    base currency need no rate. A missing rate gives null, never the amount itself.
#}
{% macro to_base(amount, currency, rates='rates') -%}
    try_cast(
        case
            when {{ currency }} = {{ base_currency() }} then {{ amount }}
            else {{ amount }} * {{ rates }}.rate
        end as decimal(18, 4)
    )
{%- endmacro %}
