-- Grain: one row per address that mail came from and name that its writer goes by; the newest mail.
{% set most_names = var('names_of_one_address') %}

with

interactions as (

    select * from {{ ref('stg_interactions') }}

),

-- who answers for a mailing list or a machine is not its sender
letters as (

    select
        interaction_id,
        from_ref,
        split_part(substr(from_ref, length('email:') + 1), '@', 1) as mailbox,
        {{ display_name('from_name') }} as name,
        source,
        started_at
    from interactions
    where
        channel = 'email'
        and direction = 'inbound'
        and interaction_type not in ('auto_reply', 'bounce')
        and starts_with(from_ref, 'email:')
        and from_name is not null
        and not coalesce(is_automated, false)
        and not coalesce(is_bot, false)

),

-- clients that know no name repeat the address
named as (

    select *
    from letters
    where
        name is not null
        and lower(name) <> lower(mailbox)
        -- info+berlin@ is the mailbox info@
        and not {{ is_role_address("split_part(mailbox, '+', 1)") }}
        and not {{ is_role_address('name') }}

),

newest as (

    select *
    from named
    qualify row_number() over (
        partition by from_ref, lower(name)
        order by started_at desc, interaction_id desc
    ) = 1

),

counted as (

    select
        from_ref,
        name,
        source,
        interaction_id,
        started_at,
        count(*) over (partition by from_ref) as name_count
    from newest

)

-- of an address from which several people write nobody can tell whose name it is
select * from counted
where name_count <= {{ most_names }}
