{# A join that must not multiply or lose rows: both relations have the same number of them. #}
{% test equal_rowcount(model, compare_to, where='true', compare_where='true') %}
select here.row_count as rows_here, there.row_count as rows_there
from (select count(*) as row_count from {{ model }} where {{ where }}) as here
cross join (select count(*) as row_count from {{ compare_to }} where {{ compare_where }}) as there
where here.row_count <> there.row_count
{% endtest %}
