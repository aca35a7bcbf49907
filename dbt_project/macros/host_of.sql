{#
    Host of a web address in lower case, without www, user and password; null if it is none. Hardly an
    address has a user: to look for one in all of them took half as long again. Apps of Android are
    addresses too: android-app://com.google.android.gm/.
#}
{% macro host_of(address) -%}
    {%- set bare = "regexp_replace(" ~ address ~ ", '//[^/?#]*@', '//')" -%}
    nullif(
        regexp_extract(
            lower(case when contains({{ address }}, '@') then {{ bare }} else {{ address }} end),
            '^[a-z][a-z0-9+.-]*://(www\.)?([^/:?#]+)',
            2
        ),
        ''
    )
{%- endmacro %}
