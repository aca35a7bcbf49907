{#
    Grouped by `group_by` (nothing: overall), the sum of `column` equals the sum of
    `to_column` in `to_model`, to `tolerance`. A group on one side only counts as zero there.
#}
{% test adds_up_to(
    model, column, to_model, to_column, group_by=[], tolerance=0, where='true', to_where='true'
) %}
{%- set keys = group_by | join(', ') %}
with

here as (
    select {{ keys ~ ',' if keys }} sum({{ column }}) as total
    from {{ model }}
    where {{ where }}
    {{ 'group by ' ~ keys if keys }}
),

there as (
    select {{ keys ~ ',' if keys }} sum({{ to_column }}) as total
    from {{ to_model }}
    where {{ to_where }}
    {{ 'group by ' ~ keys if keys }}
)

select here.total as total_here, there.total as total_there
from here
full outer join there
    on {% for key in group_by %}here.{{ key }} is not distinct from there.{{ key }}
    {{- ' and ' if not loop.last }}{% else %}true{% endfor %}
where abs(coalesce(here.total, 0) - coalesce(there.total, 0)) > {{ tolerance }}
{% endtest %}
