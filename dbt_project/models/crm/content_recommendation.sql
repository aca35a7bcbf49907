-- Grain: one row per contact and content that fits: at most three, the most specific first.
{% set most = 3 %}

with

contacts as (

    select * from {{ ref('dim_contacts') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

content as (

    select * from {{ ref('content_catalog') }}

),

permissions as (

    select *
    from {{ ref('int_permissions__current') }}
    where purpose = 'marketing' and channel = 'email' and is_allowed

),

clicks as (

    select * from {{ ref('int_content_clicks__shrunk') }}

),

fitting as (

    select
        contacts.contact_id,
        contacts.customer_id,
        contacts.title_level,
        content.content_id,
        content.title,
        content.category,
        content.priority,
        cast(content.title_level is not null as integer)
        + cast(content.industry_pattern is not null as integer)
        + cast(content.lifecycle_stage is not null as integer) as criterion_count,
        concat_ws(
            '; ',
            case when content.title_level is not null then 'seniority ' || contacts.title_level end,
            case
                when content.industry_pattern is not null then 'industry ' || accounts.industry
            end,
            case
                when content.lifecycle_stage is not null
                    then 'stage ' || customers.lifecycle_stage
            end
        ) as reason

    from contacts

    inner join customers
        on contacts.customer_id = customers.customer_id

    -- who has not said yes to marketing mail is recommended nothing
    inner join permissions
        on contacts.customer_id = permissions.customer_id

    left join accounts
        on contacts.account_id = accounts.account_id

    inner join content
        on
            coalesce(contacts.title_level = content.title_level, content.title_level is null)
            and coalesce(
                regexp_matches(lower(accounts.industry), content.industry_pattern),
                content.industry_pattern is null
            )
            and coalesce(
                customers.lifecycle_stage = content.lifecycle_stage,
                content.lifecycle_stage is null
            )

    where contacts.email is not null and contacts.email_bounced_at is null

),

ranked as (

    select
        fitting.contact_id,
        fitting.customer_id,
        cast(row_number() over (
            partition by fitting.contact_id
            order by fitting.criterion_count desc, fitting.priority asc, fitting.content_id asc
        ) as integer) as content_rank,
        fitting.content_id,
        fitting.title,
        fitting.category,
        coalesce(nullif(fitting.reason, ''), 'for everybody') as reason,
        fitting.criterion_count,
        clicks.expected_ctr,
        coalesce(clicks.sent_count, 0) as evidence_n,
        case when clicks.expected_ctr is null then 'rule' else 'rule_and_clicks' end as method

    from fitting

    left join clicks
        on
            fitting.content_id = clicks.content_id
            and fitting.title_level = clicks.title_level

)

select *
from ranked
where content_rank <= {{ most }}
