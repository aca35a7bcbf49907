{#
    What a line is about: the product it names, else its stock-keeping unit, else its name. An
    article of a unit or a name alone is none of the catalogue's, and its key says so.
#}
{% macro article(line) -%}
    coalesce(
        {{ line }}.product_id,
        'sku:' || nullif(lower(trim({{ line }}.sku)), ''),
        'name:' || nullif(lower(trim({{ line }}.product_name)), '')
    )
{%- endmacro %}
