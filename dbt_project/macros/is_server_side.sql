{#
    Whether a server sent a web event on its own account, as shops do with refunds and CRM tools with
    traits: nobody visited anything then. A page that was shown or has an address was visited; of the
    rest, an event that says neither device nor browser is a server's, one of a library that runs
    on servers only, whose caller passed the browser's id on, and what happens to a mail: mail tools
    make up an id of a browser where they know no user.
#}
{% macro is_server_side() -%}
    case
        when event_type in ('page', 'screen', 'request') or coalesce(url, path) is not null
            then false
        when coalesce(anonymous_id, user_agent) is null then true
        else
            coalesce(json_extract_string(attributes, '$.platform') = 'srv', false)
            or coalesce(regexp_matches(lower(event_name), '{{ var("mail_events") }}'), false)
            or coalesce(
                regexp_matches(
                    lower(json_extract_string(attributes, '$.library.name')),
                    '{{ var("server_libraries") }}'
                ),
                false
            )
    end
{%- endmacro %}
