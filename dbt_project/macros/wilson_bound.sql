{#
    One end of the 95 % interval of a share by Wilson, E. B. (1927), Probable Inference, the Law
    of Succession, and Statistical Inference, JASA 22, 209-212; `sign` is '-' or '+'. Null
    without trials.

    Of nothing but successes the upper end is 1, of none the lower one 0; in floating point they
    come out beyond it, or short of the share itself, by the last bit.
#}
{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set share -%} cast({{ successes }} as double) / {{ trials }} {%- endset -%}
    {%- set bound -%}
    (
        ({{ successes }} + {{ z * z / 2 }}) {{ sign }} {{ z }} * sqrt(
            cast({{ successes }} as double) * ({{ trials }} - {{ successes }})
            / {{ trials }} + {{ z * z / 4 }}
        )
    ) / ({{ trials }} + {{ z * z }})
    {%- endset -%}
    case
        when {{ trials }} > 0
            then {% if sign == '-' -%}
                greatest(least({{ bound }}, {{ share }}), 0)
            {%- else -%}
                least(greatest({{ bound }}, {{ share }}), 1)
            {%- endif %}
    end
{%- endmacro %}
