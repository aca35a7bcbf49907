{#
    One end of the 95 % interval of a share by Wilson, E. B. (1927), Probable Inference, the Law
    of Succession, and Statistical Inference, JASA 22, 209-212; `sign` is '-' or '+'. Null
    without trials.
#}
{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z = 1.959963984540054 -%}
    (
        ({{ successes }} + {{ z * z / 2 }}) {{ sign }} {{ z }} * sqrt(
            cast({{ successes }} as double) * ({{ trials }} - {{ successes }})
            / nullif({{ trials }}, 0) + {{ z * z / 4 }}
        )
    ) / (nullif({{ trials }}, 0) + {{ z * z }})
{%- endmacro %}
