-- Grain: one row per name that a source calls a colleague by, with the colleague it means.
with

agents as (

    select * from {{ ref('stg_agents') }}

),

opportunities as (

    select * from {{ ref('stg_opportunities') }}

),

leads as (

    select * from {{ ref('stg_leads') }}

),

-- the systems that sell: deals and leads name their owners there
crm_namespaces as (

    select split_part(owner_id, ':', 1) as namespace
    from opportunities
    where owner_id is not null

    union

    select split_part(owner_id, ':', 1) as namespace
    from leads
    where owner_id is not null

),

-- every system has its own account for the same colleague; the CRM's stands for all that share
-- its address, of several the one that knows most
same_colleague as (

    select
        agents.agent_id as alias,
        first_value(agents.agent_id) over (
            partition by coalesce(lower(agents.email), agents.agent_id)
            order by
                crm_namespaces.namespace is null,
                agents.team is null,
                agents.role is null,
                agents.agent_id
            rows between unbounded preceding and unbounded following
        ) as agent_id,
        lower(agents.email) as email,
        agents.phone

    from agents

    left join crm_namespaces
        on split_part(agents.agent_id, ':', 1) = crm_namespaces.namespace

),

-- a number this short is an extension; the loader may have read it as a local number and put
-- one to three digits of country code before it
short_numbers as (

    select
        agent_id,
        phone like '+%' as has_country_code,
        regexp_replace(phone, '[^0-9]', '', 'g') as digits
    from same_colleague
    where length(regexp_replace(phone, '[^0-9]', '', 'g')) between 2 and 7

),

extensions as (

    select
        agent_id,
        digits as extension
    from short_numbers
    where not has_country_code

    union all

    select
        short_numbers.agent_id,
        substring(short_numbers.digits, country_codes.digit_count + 1) as extension
    from short_numbers
    cross join (values (1), (2), (3)) as country_codes (digit_count)
    where short_numbers.has_country_code

),

aliases as (

    select
        alias,
        agent_id
    from same_colleague

    union all

    select distinct
        'email:' || email as alias,
        agent_id
    from same_colleague
    where email is not null

    union all

    -- an extension that two colleagues could have means neither
    select
        'extension:' || extension as alias,
        min(agent_id) as agent_id
    from extensions
    where length(extension) >= 2
    group by extension
    having count(distinct agent_id) = 1

)

select * from aliases
