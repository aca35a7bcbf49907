{# Within a partition no two ranges [lower, upper) overlap; a null upper end is still open. #}
{% test mutually_exclusive_ranges(model, partition_by, lower, upper) %}
select *
from (
    select
        {{ partition_by }} as partition_key,
        {{ lower }} as lower_end,
        {{ upper }} as upper_end,
        lead({{ lower }}) over (
            partition by {{ partition_by }}
            order by {{ lower }}, {{ upper }} nulls last
        ) as next_lower_end,
        count(*) over (
            partition by {{ partition_by }}
            order by {{ lower }}, {{ upper }} nulls last
            rows between 1 following and unbounded following
        ) as rows_after
    from {{ model }}
) as ranges
where
    upper_end < lower_end
    or (rows_after > 0 and (upper_end is null or next_lower_end < upper_end))
{% endtest %}
