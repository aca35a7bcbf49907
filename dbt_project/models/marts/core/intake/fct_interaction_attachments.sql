-- Grain: one row per attachment of an interaction; what it is, never what is in it.
with

attachments as (

    select * from {{ ref('stg_attachments') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

described as (

    select
        attachments.attachment_id,
        attachments.interaction_id,
        interactions.customer_id,
        interactions.agent_id,
        interactions.ticket_id,
        interactions.channel,
        interactions.direction,
        attachments.file_name,
        nullif(lower(regexp_extract(attachments.file_name, '\.([A-Za-z0-9]{1,8})$', 1)), '')
            as file_extension,
        lower(attachments.mime_type) as mime_type,
        attachments.size_bytes,
        attachments.sha256,
        -- the same content, by its hash; who sends no hash cannot be compared
        case
            when attachments.sha256 is not null
                then count(*) over (partition by attachments.sha256)
        end as copy_count,
        interactions.started_at,
        attachments.source,
        coalesce(attachments.known_at, interactions.known_at) as known_at

    from attachments

    left join interactions
        on attachments.interaction_id = interactions.interaction_id

)

select * from described
