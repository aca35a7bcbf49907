{# How well a stated value does by one criterion of survivorship_rules; more is better. #}
{% macro survivorship_score(criterion, preferred) -%}
    case {{ criterion }}
        when 'source' then cast(coalesce(stated.source = {{ preferred }}, false) as integer)
        when 'record_type' then cast(stated.record_type = {{ preferred }} as integer)
        when 'stated' then cast(stated.record_type in ('contact', 'lead', 'account') as integer)
        when 'verified' then stated.verification_rank
        when 'completeness' then stated.filled_count
        when 'recency' then epoch(stated.stated_at)
    end
{%- endmacro %}
