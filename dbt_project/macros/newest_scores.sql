{# The rows of one score table as of the last time it was written. #}
{% macro newest_scores(name) -%}
    select *
    from {{ source('crm', name) }}
    where as_of = (select max(every_score.as_of) from {{ source('crm', name) }} as every_score)
{%- endmacro %}
