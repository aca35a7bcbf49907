{#
    What a person calls themselves in the From of a mail, from `name` as the header has it: without quotes,
    what comes in brackets, and whom a service that sends for them names ("via X"); "Last, First" turned
    round. Null for what is no name: an address, a web address, nothing but digits and signs.
#}
{% macro display_name(name) -%}
    {%- set suffixes = [
        'jr', 'sr', 'ii', 'iii', 'iv', 'ph\.?d', 'm\.?d', 'mba', 'esq', 'dr', 'inc', 'ltd', 'llc',
        'llp', 'plc', 'corp', 'co', 'gmbh', 'ag', 'kg', 'se', 'sa', 'bv', 'oy', 'ab',
    ] | join('|') -%}
    {%- set plain -%}
    trim(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace({{ name }}, '[\\"“”„«»<>]', '', 'g'),
                    '(?i)\s+(via|on behalf of|im auftrag von)\s.*$', ''
                ),
                '\s*[(\[].*$', ''
            ),
            '\s+', ' ', 'g'
        ),
        ' '',;:'
    )
    {%- endset -%}
    {%- set turned -%}
    case
        when
            regexp_matches({{ plain }}, '^[^,]+,[^,]+$')
            and not regexp_matches(lower({{ plain }}), ',\s*({{ suffixes }})\.?$')
            then regexp_replace({{ plain }}, '^([^,]+?)\s*,\s*([^,]+)$', '\2 \1')
        else {{ plain }}
    end
    {%- endset -%}
    case
        when
            regexp_matches({{ plain }}, '\p{L}')
            and length({{ plain }}) between 2 and 100
            and not regexp_matches({{ plain }}, '@|://|^www\.')
            then {{ turned }}
    end
{%- endmacro %}
