-- Written by Splink 5.0.0 (models_ml.identity.matching.scoring_sql), never by hand.
with __splink__df_comparison_vectors as (
    select
    "profile_l",
    "profile_r",
    CASE
        WHEN "company_l" is null or "company_r" is null THEN -1
        WHEN "company_l" = "company_r" THEN 4
        WHEN replace("company_l", ' ', '') = replace("company_r", ' ', '') or (damerau_levenshtein("company_l", "company_r") <= if(length("company_l") >= 8, 2, 1) and "company_digits_l" = "company_digits_r") or list_sort(string_split("company_l", ' ')) = list_sort(string_split("company_r", ' ')) THEN 3
        WHEN starts_with("company_l" || ' ', "company_r" || ' ') or starts_with("company_r" || ' ', "company_l" || ' ') THEN 2
        WHEN jaro_winkler_similarity("company_l", "company_r") >= 0.92 and "company_digits_l" = "company_digits_r" THEN 1
        ELSE 0
    END as gamma_company,
    "tf_company_l",
    "tf_company_r",
    CASE
        WHEN "domain_l" is null or "domain_r" is null THEN -1
        WHEN "domain_l" = "domain_r" THEN 2
        WHEN regexp_extract("domain_l", '([^.]+)\.[^.]+$', 1) = regexp_extract("domain_r", '([^.]+)\.[^.]+$', 1) THEN 1
        ELSE 0
    END as gamma_domain,
    CASE
        WHEN "phone_l" is null or "phone_r" is null THEN -1
        WHEN "phone_l" = "phone_r" THEN 1
        ELSE 0
    END as gamma_phone,
    CASE
        WHEN coalesce("street_l", "city_l", "postal_code_l") is null or coalesce("street_r", "city_r", "postal_code_r") is null THEN -1
        WHEN "street_l" = "street_r" and ("postal_code_l" = "postal_code_r" or "city_l" = "city_r" or (("city_is_numbered_l" <> "city_is_numbered_r") and "town_l" = "town_r")) THEN 6
        WHEN ("street_l" = "street_r" and (coalesce(case when jaro_winkler_similarity("city_l", "city_r") >= 0.85 then true when jaro_winkler_similarity("city_l", "city_r") < 0.5 then false else damerau_levenshtein("city_l", "city_r") <= 2 end, true) or coalesce(damerau_levenshtein("postal_code_l", "postal_code_r") <= 1, true)) and not coalesce("city_is_numbered_l" and "city_is_numbered_r" and not ("city_digits_l" = "city_digits_r"), false)) or (jaro_winkler_similarity("street_l", "street_r") >= 0.9 and ("postal_code_l" = "postal_code_r" or "city_l" = "city_r" or (("city_is_numbered_l" <> "city_is_numbered_r") and "town_l" = "town_r"))) THEN 5
        WHEN "postal_code_l" = "postal_code_r" THEN 4
        WHEN "city_l" = "city_r" THEN 3
        WHEN (("city_is_numbered_l" <> "city_is_numbered_r") and "town_l" = "town_r") THEN 2
        WHEN (case when jaro_winkler_similarity("city_l", "city_r") >= 0.85 then true when jaro_winkler_similarity("city_l", "city_r") < 0.5 then false else damerau_levenshtein("city_l", "city_r") <= 2 end) and not coalesce("city_is_numbered_l" and "city_is_numbered_r" and not ("city_digits_l" = "city_digits_r"), false) THEN 1
        ELSE 0
    END as gamma_address,
    "tf_postal_code_l",
    "tf_postal_code_r",
    "tf_city_l",
    "tf_city_r"
    from pairs_to_score
    )
    select
    "profile_l",
    "profile_r",
    gamma_company,
    "tf_company_l",
    "tf_company_r",
    CASE
        WHEN gamma_company = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_company = 4 THEN
            cast(9.550746785383243 as float8)
        WHEN gamma_company = 3 THEN
            cast(7.906890595608519 as float8)
        WHEN gamma_company = 2 THEN
            cast(4.643856189774724 as float8)
        WHEN gamma_company = 1 THEN
            cast(3.643856189774725 as float8)
        WHEN gamma_company = 0 THEN
            cast(-5.044394119358453 as float8)
    END as mw_company,
    CASE
        WHEN gamma_company = -1 THEN cast(0 as float8)
        WHEN gamma_company = 4 THEN
            CASE
                WHEN coalesce("tf_company_l", "tf_company_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-9.965784284662087 as float8) - log2(greatest(coalesce("tf_company_l", "tf_company_r"), coalesce("tf_company_r", "tf_company_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_company = 3 THEN cast(0 as float8)
        WHEN gamma_company = 2 THEN cast(0 as float8)
        WHEN gamma_company = 1 THEN cast(0 as float8)
        WHEN gamma_company = 0 THEN cast(0 as float8)
    END as mw_tf_adj_company,
    gamma_domain,
    CASE
        WHEN gamma_domain = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_domain = 2 THEN
            cast(11.77313920671969 as float8)
        WHEN gamma_domain = 1 THEN
            cast(8.228818690495881 as float8)
        WHEN gamma_domain = 0 THEN
            cast(-2.7355221772965375 as float8)
    END as mw_domain,
    gamma_phone,
    CASE
        WHEN gamma_phone = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_phone = 1 THEN
            cast(12.550746785383243 as float8)
        WHEN gamma_phone = 0 THEN
            cast(-1.3217838181693171 as float8)
    END as mw_phone,
    gamma_address,
    "tf_postal_code_l",
    "tf_postal_code_r",
    "tf_city_l",
    "tf_city_r",
    CASE
        WHEN gamma_address = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_address = 6 THEN
            cast(11.287712379549449 as float8)
        WHEN gamma_address = 5 THEN
            cast(8.228818690495881 as float8)
        WHEN gamma_address = 4 THEN
            cast(5.643856189774724 as float8)
        WHEN gamma_address = 3 THEN
            cast(1.0 as float8)
        WHEN gamma_address = 2 THEN
            cast(1.0 as float8)
        WHEN gamma_address = 1 THEN
            cast(1.3219280948873624 as float8)
        WHEN gamma_address = 0 THEN
            cast(-3.217230716220669 as float8)
    END as mw_address,
    CASE
        WHEN gamma_address = -1 THEN cast(0 as float8)
        WHEN gamma_address = 6 THEN cast(0 as float8)
        WHEN gamma_address = 5 THEN cast(0 as float8)
        WHEN gamma_address = 4 THEN
            CASE
                WHEN coalesce("tf_postal_code_l", "tf_postal_code_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-8.965784284662087 as float8) - log2(greatest(coalesce("tf_postal_code_l", "tf_postal_code_r"), coalesce("tf_postal_code_r", "tf_postal_code_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_address = 3 THEN
            CASE
                WHEN coalesce("tf_city_l", "tf_city_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-4.321928094887363 as float8) - log2(greatest(coalesce("tf_city_l", "tf_city_r"), coalesce("tf_city_r", "tf_city_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_address = 2 THEN
            CASE
                WHEN coalesce("tf_city_l", "tf_city_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-4.321928094887363 as float8) - log2(greatest(coalesce("tf_city_l", "tf_city_r"), coalesce("tf_city_r", "tf_city_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_address = 1 THEN cast(0 as float8)
        WHEN gamma_address = 0 THEN cast(0 as float8)
    END as mw_tf_adj_address
    from __splink__df_comparison_vectors
