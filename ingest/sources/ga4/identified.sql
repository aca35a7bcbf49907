-- Grain: one row per line, parsed once: its parameters, visitor, session and id. `shape` is the
-- JSON structure to read.
with

read_once as materialized (

    select
        position,
        is_utf8,
        try_cast(line as json) as whole,
        try(from_json(line, getvariable('shape'))) as event

    from ga4_lines

),

flat as (

    select
        position,
        is_utf8,
        coalesce(json_type(whole) != 'OBJECT', true) or event is null as is_malformed,
        event,
        whole,
        list_transform(event.event_params, lambda p: p.key) as keys

    from read_once

),

picked as materialized (

    select
        * exclude (keys),
        event.event_params[list_position(keys, 'ga_session_id')].value as p_ga_session_id,
        event.event_params[list_position(keys, 'page_location')].value as p_page_location,
        event.event_params[list_position(keys, 'page_referrer')].value as p_page_referrer,
        event.event_params[list_position(keys, 'page_title')].value as p_page_title,
        event.event_params[list_position(keys, 'source')].value as p_source,
        event.event_params[list_position(keys, 'medium')].value as p_medium,
        event.event_params[list_position(keys, 'campaign')].value as p_campaign,
        event.event_params[list_position(keys, 'content')].value as p_content,
        event.event_params[list_position(keys, 'term')].value as p_term,
        event.event_params[list_position(keys, 'transaction_id')].value as p_transaction_id,
        event.event_params[list_position(keys, 'currency')].value as p_currency,
        event.event_params[list_position(keys, 'coupon')].value as p_coupon,
        event.event_params[list_position(keys, 'affiliation')].value as p_affiliation,
        event.event_params[list_position(keys, 'value')].value as p_value

    from flat

),

named as (

    select
        *,
        nullif(trim(event.user_pseudo_id), '') as visitor,
        -- gtag sends as a number what a page gives it as one
        coalesce(p_source.string_value, p_source.int_value, p_source.double_value) as source_text,
        coalesce(p_medium.string_value, p_medium.int_value, p_medium.double_value) as medium_text,
        coalesce(p_campaign.string_value, p_campaign.int_value, p_campaign.double_value) as campaign_text,
        coalesce(p_content.string_value, p_content.int_value, p_content.double_value) as content_text,
        coalesce(p_term.string_value, p_term.int_value, p_term.double_value) as term_text,
        coalesce(p_transaction_id.string_value, p_transaction_id.int_value, p_transaction_id.double_value) as transaction_id_text,
        coalesce(p_coupon.string_value, p_coupon.int_value, p_coupon.double_value) as coupon_text,
        coalesce(p_affiliation.string_value, p_affiliation.int_value, p_affiliation.double_value) as affiliation_text,
        coalesce(p_ga_session_id.int_value, p_ga_session_id.string_value) as session_number

    from picked

),

identified as (

    select
        *,
        case
            when visitor is not null and session_number is not null
                then visitor || '.' || session_number
        end as session_id,
        -- older exports do not number the events of a batch, which share their time
        md5(concat_ws(
            '|',
            coalesce(event.stream_id, ''),
            coalesce(event.user_pseudo_id, ''),
            coalesce(event.event_timestamp, ''),
            coalesce(event.event_name, ''),
            coalesce(event.event_bundle_sequence_id, ''),
            coalesce(event.batch_page_id, ''),
            coalesce(event.batch_ordering_id, ''),
            coalesce(event.batch_event_index, ''),
            case
                when event.batch_event_index is null
                    then concat_ws(
                        '|',
                        coalesce(list_sort(event.event_params)::varchar, ''),
                        coalesce(event.items::varchar, '')
                    )
            end
        )) as event_id

    from named

)

select * from identified
