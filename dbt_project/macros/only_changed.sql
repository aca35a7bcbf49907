{#
    Leaves the rows whose state the table being built lacks; nothing in a build of the whole table.
    `orchestration/dbt/changes.py` deletes the others, and says how a model is built so.
#}
{% macro only_changed(state) -%}
    {% if var('only_changed', false) -%}
        where {{ state }} not in (select built.{{ state }} from {{ this }} as built)
    {%- endif %}
{%- endmacro %}
