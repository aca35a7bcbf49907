-- Grain: one row per kind of record, feature and value of it.
{%- set features = {
    'lead': [
        'lead_source', 'industry', 'country', 'title_level', 'company_size', 'email_domain',
        'has_phone', 'has_campaign', 'early_call', 'early_email', 'early_email_reply',
        'early_web_visit',
    ],
    'opportunity': [
        'lead_source', 'opportunity_type', 'pipeline', 'product', 'has_campaign',
        'account_industry', 'company_size', 'owner_team', 'amount', 'early_meeting', 'early_call',
        'early_email', 'early_email_reply', 'early_web_visit',
    ],
} %}

with

leads as (

    select * from {{ ref('int_lead_traits__first_known') }}

),

opportunities as (

    select * from {{ ref('int_opportunity_traits__first_known') }}

),

counted as (

    {% for record_type, names in features.items() -%}
        {% set is_last_type = loop.last -%}
        {% for feature in names -%}
            select
                '{{ record_type }}' as record_type,
                '{{ feature }}' as feature,
                {{ feature }} as feature_value,
                count(*) as record_count,
                count(*) filter (where is_converted) as converted_count,
                count(*) filter (where is_known_late) as known_late_count
            from {{ 'leads' if record_type == 'lead' else 'opportunities' }}
            group by {{ feature }}
            {% if not (loop.last and is_last_type) %}
                union all
            {% endif %}
        {%- endfor %}
    {%- endfor %}

),

with_base as (

    select
        *,
        record_count - converted_count as unconverted_count,
        sum(record_count) over of_feature as base_count,
        sum(converted_count) over of_feature as base_converted_count,
        sum(record_count - converted_count) over of_feature as base_unconverted_count
    from counted
    window of_feature as (partition by record_type, feature)

),

-- half a record more on each side: a value that always converted has a finite weight
weighed as (

    select
        *,
        ln(
            ((converted_count + 0.5) / (base_converted_count + 0.5))
            / ((unconverted_count + 0.5) / (base_unconverted_count + 0.5))
        ) as weight_of_evidence
    from with_base

),

with_information as (

    select
        *,
        weight_of_evidence * (
            (converted_count + 0.5) / (base_converted_count + 0.5)
            - (unconverted_count + 0.5) / (base_unconverted_count + 0.5)
        ) as information_value
    from weighed

),

compared as (

    select
        record_type,
        feature,
        feature_value,
        record_count,
        converted_count,
        known_late_count,
        record_count / base_count as support,
        converted_count / record_count as conversion_rate,
        {{ wilson_bound('converted_count', 'record_count', '-') }} as conversion_rate_low,
        {{ wilson_bound('converted_count', 'record_count', '+') }} as conversion_rate_high,
        base_converted_count / base_count as base_conversion_rate,
        (converted_count / record_count) / nullif(base_converted_count / base_count, 0) as lift,
        weight_of_evidence,
        information_value,
        cast(
            sum(cast(information_value as decimal(18, 12))) over (
                partition by record_type, feature
            ) as double
        ) as feature_information_value

    from with_information

)

select * from compared
