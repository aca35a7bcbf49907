-- Grain: one row per line that is JSON. `shape` is the JSON structure to read. One malformed line makes
-- `try` read its whole vector of 2,048 row by row, four times slower: those are sorted out first.
with

read_once as (

    select
        position,
        line,
        is_utf8,
        try(from_json(line, getvariable('shape'))) as call,
        len(json_keys(line, '$.context')) as context_size

    from lines
    where json_valid(line)

),

-- to count the members that are known takes a fraction of looking up each of those that are there
with_other_context as (

    select
        *,
        case
            when
                context_size
                > (call.context.ip is not null)::int
                + (call.context.userAgent is not null)::int
                + (call.context.locale is not null)::int
                + (call.context.timezone is not null)::int
                + (call.context.page is not null)::int
                + (call.context.campaign is not null)::int
                + (call.context.traits is not null)::int
                + (call.context.app is not null)::int
                + (call.context.consent is not null)::int
                + (call.context.device is not null)::int
                + (call.context.groupId is not null)::int
                + (call.context.library is not null)::int
                + (call.context.network is not null)::int
                + (call.context.os is not null)::int
                + (call.context.screen is not null)::int
                then
                    nullif(
                        json_merge_patch(
                            json_extract(line, '$.context'), getvariable('patch')
                        )::varchar,
                        '{}'
                    )
        end as other_context

    from read_once

),

flat as (

    select
        position,
        is_utf8,
        call is null as is_malformed,
        coalesce(nullif(call.messageId, ''), 'line:' || left(sha256(line), 32)) as event_id,
        call.type as event_type,
        case call.type when 'track' then call.event else call.name end as event_name,
        call.anonymousId as anonymous_id,
        call.userId as user_id,
        call.previousId as previous_id,
        call.timestamp as timestamp_text,
        call.originalTimestamp as original_timestamp_text,
        call.sentAt as sent_at_text,
        call.receivedAt as received_at_text,
        coalesce(
            nullif(trim(json_extract_string(call.context.traits, '$.email')), ''),
            case when call.type = 'identify' then json_extract_string(call.traits, '$.email') end
        ) as email,
        coalesce(
            nullif(trim(json_extract_string(call.context.traits, '$.phone')), ''),
            case when call.type = 'identify' then json_extract_string(call.traits, '$.phone') end
        ) as phone,
        call.context.page as page,
        -- server-side libraries describe the page in the properties of the page call
        case
            when call.context.page is null and call.type in ('page', 'screen')
                then json_extract_string(
                    call.properties,
                    ['$.url', '$.path', '$.referrer', '$.title', '$.search']
                )
        end as page_properties,
        call.context.campaign as campaign,
        call.context.ip as ip,
        call.context.userAgent as user_agent,
        call.context.locale as locale,
        call.context.timezone as time_zone,
        nullif(
            concat_ws(
                ',',
                '"properties":' || call.properties,
                '"traits":' || call.traits,
                '"group_id":' || to_json(call.groupId),
                '"category":' || to_json(call.category),
                '"app":' || call.context.app,
                -- hardly a call has one: an `and` would look up the names in each line
                '"campaign":' || case
                    when call.context.campaign is not null
                        then case
                            when not list_has_all(
                                ['source', 'medium', 'name', 'content', 'term'],
                                json_keys(line, '$.context.campaign')
                            )
                                then json_extract(line, '$.context.campaign')::varchar
                        end
                end,
                '"consent":' || call.context.consent,
                '"context":' || other_context,
                '"device":' || call.context.device,
                '"context_group_id":' || call.context.groupId,
                '"context_traits":' || nullif(call.context.traits::varchar, '{}'),
                '"library":' || call.context.library,
                '"integrations":' || nullif(call.integrations::varchar, '{}'),
                '"network":' || call.context.network,
                '"os":' || call.context.os,
                '"screen":' || call.context.screen
            ),
            ''
        ) as members

    from with_other_context

)

select
    position,
    is_utf8,
    is_malformed,
    event_id,
    event_type,
    event_name,
    anonymous_id,
    user_id,
    previous_id,
    timestamp_text,
    original_timestamp_text,
    sent_at_text,
    received_at_text,
    email,
    phone,
    coalesce(page.url, page_properties[1]) as url,
    coalesce(page.path, page_properties[2]) as path,
    coalesce(page.referrer, page_properties[3]) as referrer,
    coalesce(page.title, page_properties[4]) as title,
    coalesce(page.search, page_properties[5]) as search,
    nullif(trim(campaign.source), '') as utm_source,
    nullif(trim(campaign.medium), '') as utm_medium,
    nullif(trim(campaign.name), '') as utm_campaign,
    nullif(trim(campaign.content), '') as utm_content,
    nullif(trim(campaign.term), '') as utm_term,
    ip,
    user_agent,
    locale,
    time_zone,
    '{' || members || '}' as attributes

from flat
