{#
    Seniority that a job title tells of: c_level, director, manager, other, or unknown where
    there is no title. The patterns are the seed title_keywords, lowest priority first.
#}
{% macro title_level(title) -%}
    case
        when {{ title }} is null or trim({{ title }}) = '' then 'unknown'
        else coalesce(
            (
                select min_by(title_keywords.title_level, title_keywords.priority)
                from {{ ref('title_keywords') }} as title_keywords
                where regexp_matches(lower({{ title }}), title_keywords.pattern)
            ),
            'other'
        )
    end
{%- endmacro %}
