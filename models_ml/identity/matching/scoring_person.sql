-- Written by Splink 5.0.0 (models_ml.identity.matching.scoring_sql), never by hand.
with __splink__df_comparison_vectors as (
    select
    "profile_l",
    "profile_r",
    CASE
        WHEN "first_name_l" is null or "first_name_r" is null THEN -1
        WHEN "first_name_l" = "first_name_r" THEN 6
        WHEN jaro_winkler_similarity("first_name_l", "last_name_r") >= 0.92 and jaro_winkler_similarity("last_name_l", "first_name_r") >= 0.92 THEN 5
        WHEN contains("nicknames_l", "called_r") THEN 4
        WHEN starts_with("first_name_l", "first_name_r") or starts_with("first_name_r", "first_name_l") THEN 3
        WHEN case when jaro_winkler_similarity("first_name_l", "first_name_r") >= 0.92 then true when jaro_winkler_similarity("first_name_l", "first_name_r") < 0.5 then false when jaro_winkler_similarity("first_name_l", "first_name_r") < 0.7 and least(length("first_name_l"), length("first_name_r")) > 3 then false else damerau_levenshtein("first_name_l", "first_name_r") <= 1 end THEN 2
        WHEN jaro_winkler_similarity("first_name_l", "first_name_r") >= 0.8 THEN 1
        ELSE 0
    END as gamma_first_name,
    "tf_first_name_l",
    "tf_first_name_r",
    CASE
        WHEN "last_name_l" is null or "last_name_r" is null THEN -1
        WHEN "last_name_l" = "last_name_r" THEN 4
        WHEN jaro_winkler_similarity("first_name_l", "last_name_r") >= 0.92 and jaro_winkler_similarity("last_name_l", "first_name_r") >= 0.92 THEN 3
        WHEN case when jaro_winkler_similarity("last_name_l", "last_name_r") >= 0.92 then true when jaro_winkler_similarity("last_name_l", "last_name_r") < 0.5 then false when jaro_winkler_similarity("last_name_l", "last_name_r") < 0.7 and least(length("last_name_l"), length("last_name_r")) > 3 then false else damerau_levenshtein("last_name_l", "last_name_r") <= 1 end THEN 2
        WHEN jaro_winkler_similarity("last_name_l", "last_name_r") >= 0.8 THEN 1
        ELSE 0
    END as gamma_last_name,
    "tf_last_name_l",
    "tf_last_name_r",
    CASE
        WHEN "birth_date_l" is null or "birth_date_r" is null THEN -1
        WHEN "birth_date_l" = "birth_date_r" THEN 6
        WHEN case when substr("birth_date_l", 1, 7) = substr("birth_date_r", 1, 7) or substr("birth_date_l", 5, 6) = substr("birth_date_r", 5, 6) or (substr("birth_date_l", 1, 4) = substr("birth_date_r", 1, 4) and substr("birth_date_l", 9, 2) = substr("birth_date_r", 9, 2)) then damerau_levenshtein("birth_date_l", "birth_date_r") <= 1 else substr("birth_date_l", 1, 4) = substr("birth_date_r", 1, 4) and substr("birth_date_l", 6, 2) = substr("birth_date_r", 9, 2) and substr("birth_date_l", 9, 2) = substr("birth_date_r", 6, 2) end THEN 5
        WHEN abs(date_diff('day', try_cast("birth_date_l" as date), try_cast("birth_date_r" as date))) <= 31 THEN 4
        WHEN abs(date_diff('day', try_cast("birth_date_l" as date), try_cast("birth_date_r" as date))) <= 396 THEN 3
        WHEN abs(date_diff('day', try_cast("birth_date_l" as date), try_cast("birth_date_r" as date))) <= 3700 THEN 2
        WHEN try_cast("birth_date_l" as date) is null or try_cast("birth_date_r" as date) is null THEN 1
        ELSE 0
    END as gamma_birth_date,
    "tf_birth_date_l",
    "tf_birth_date_r",
    CASE
        WHEN "email_l" is null or "email_r" is null THEN -1
        WHEN "email_l" = "email_r" THEN 6
        WHEN "mail_unnumbered_l" = "mail_unnumbered_r" THEN 5
        WHEN case when jaro_similarity("email_l", "email_r") < 0.9 - 1.4 / length("email_l") then false when damerau_levenshtein("email_l", "email_r") <= 2 then "mail_digits_l" = "mail_digits_r" and not coalesce(("first_name_l" <> "first_name_r" and contains("spelt_mailbox_l", "first_name_l") and contains("spelt_mailbox_r", "first_name_r")) or ("last_name_l" <> "last_name_r" and contains("spelt_mailbox_l", "last_name_l") and contains("spelt_mailbox_r", "last_name_r")), false) end THEN 4
        WHEN case when "mailbox_l" = "mailbox_r" then not (not "has_three_digits_l" and (contains("spelt_mailbox_l", "first_name_l") or contains("spelt_mailbox_l", "first_name_r") or contains("spelt_mailbox_l", "last_name_l") or contains("spelt_mailbox_l", "last_name_r"))) end THEN 3
        WHEN case when "mailbox_l" = "mailbox_r" then not (not "has_two_digits_l" and (contains("spelt_mailbox_l", "first_name_l") or contains("spelt_mailbox_l", "first_name_r") or contains("spelt_mailbox_l", "last_name_l") or contains("spelt_mailbox_l", "last_name_r"))) end THEN 2
        WHEN jaro_winkler_similarity("mailbox_l", "mailbox_r") >= 0.85 and "mail_digits_l" = "mail_digits_r" and not coalesce(not "has_two_digits_l" and (contains("spelt_mailbox_l", "first_name_l") or contains("spelt_mailbox_l", "first_name_r") or contains("spelt_mailbox_l", "last_name_l") or contains("spelt_mailbox_l", "last_name_r")), false) and not coalesce(("first_name_l" <> "first_name_r" and contains("spelt_mailbox_l", "first_name_l") and contains("spelt_mailbox_r", "first_name_r")) or ("last_name_l" <> "last_name_r" and contains("spelt_mailbox_l", "last_name_l") and contains("spelt_mailbox_r", "last_name_r")), false) and levenshtein("mail_domain_l", "mail_domain_r") <= 2 THEN 1
        ELSE 0
    END as gamma_email,
    CASE
        WHEN "phone_l" is null or "phone_r" is null THEN -1
        WHEN "phone_l" = "phone_r" THEN 2
        WHEN damerau_levenshtein("phone_l", "phone_r") <= 1 THEN 1
        ELSE 0
    END as gamma_phone,
    CASE
        WHEN "company_l" is null or "company_r" is null THEN -1
        WHEN "company_l" = "company_r" THEN 2
        WHEN jaro_winkler_similarity("company_l", "company_r") >= 0.9 and "company_digits_l" = "company_digits_r" THEN 1
        ELSE 0
    END as gamma_company,
    "tf_company_l",
    "tf_company_r",
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
    gamma_first_name,
    "tf_first_name_l",
    "tf_first_name_r",
    CASE
        WHEN gamma_first_name = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_first_name = 6 THEN
            cast(6.266786540694901 as float8)
        WHEN gamma_first_name = 5 THEN
            cast(9.965784284662087 as float8)
        WHEN gamma_first_name = 4 THEN
            cast(3.1844245711374275 as float8)
        WHEN gamma_first_name = 3 THEN
            cast(2.321928094887362 as float8)
        WHEN gamma_first_name = 2 THEN
            cast(2.807354922057604 as float8)
        WHEN gamma_first_name = 1 THEN
            cast(0.0 as float8)
        WHEN gamma_first_name = 0 THEN
            cast(-3.969626350956481 as float8)
    END as mw_first_name,
    CASE
        WHEN gamma_first_name = -1 THEN cast(0 as float8)
        WHEN gamma_first_name = 6 THEN
            CASE
                WHEN coalesce("tf_first_name_l", "tf_first_name_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-6.643856189774724 as float8) - log2(greatest(coalesce("tf_first_name_l", "tf_first_name_r"), coalesce("tf_first_name_r", "tf_first_name_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_first_name = 5 THEN cast(0 as float8)
        WHEN gamma_first_name = 4 THEN cast(0 as float8)
        WHEN gamma_first_name = 3 THEN cast(0 as float8)
        WHEN gamma_first_name = 2 THEN cast(0 as float8)
        WHEN gamma_first_name = 1 THEN cast(0 as float8)
        WHEN gamma_first_name = 0 THEN cast(0 as float8)
    END as mw_tf_adj_first_name,
    gamma_last_name,
    "tf_last_name_l",
    "tf_last_name_r",
    CASE
        WHEN gamma_last_name = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_last_name = 4 THEN
            cast(7.661778097771987 as float8)
        WHEN gamma_last_name = 3 THEN
            cast(0.0 as float8)
        WHEN gamma_last_name = 2 THEN
            cast(4.0 as float8)
        WHEN gamma_last_name = 1 THEN
            cast(0.5849625007211562 as float8)
        WHEN gamma_last_name = 0 THEN
            cast(-3.777607578663552 as float8)
    END as mw_last_name,
    CASE
        WHEN gamma_last_name = -1 THEN cast(0 as float8)
        WHEN gamma_last_name = 4 THEN
            CASE
                WHEN coalesce("tf_last_name_l", "tf_last_name_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-7.965784284662087 as float8) - log2(greatest(coalesce("tf_last_name_l", "tf_last_name_r"), coalesce("tf_last_name_r", "tf_last_name_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_last_name = 3 THEN cast(0 as float8)
        WHEN gamma_last_name = 2 THEN cast(0 as float8)
        WHEN gamma_last_name = 1 THEN cast(0 as float8)
        WHEN gamma_last_name = 0 THEN cast(0 as float8)
    END as mw_tf_adj_last_name,
    gamma_birth_date,
    "tf_birth_date_l",
    "tf_birth_date_r",
    CASE
        WHEN gamma_birth_date = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_birth_date = 6 THEN
            cast(14.001408194392809 as float8)
        WHEN gamma_birth_date = 5 THEN
            cast(5.7369655941662066 as float8)
        WHEN gamma_birth_date = 4 THEN
            cast(3.584962500721156 as float8)
        WHEN gamma_birth_date = 3 THEN
            cast(-0.5849625007211561 as float8)
        WHEN gamma_birth_date = 2 THEN
            cast(-3.4594316186372973 as float8)
        WHEN gamma_birth_date = 1 THEN
            cast(0.0 as float8)
        WHEN gamma_birth_date = 0 THEN
            cast(-4.643856189774724 as float8)
    END as mw_birth_date,
    CASE
        WHEN gamma_birth_date = -1 THEN cast(0 as float8)
        WHEN gamma_birth_date = 6 THEN
            CASE
                WHEN coalesce("tf_birth_date_l", "tf_birth_date_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-14.287712379549449 as float8) - log2(greatest(coalesce("tf_birth_date_l", "tf_birth_date_r"), coalesce("tf_birth_date_r", "tf_birth_date_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_birth_date = 5 THEN cast(0 as float8)
        WHEN gamma_birth_date = 4 THEN cast(0 as float8)
        WHEN gamma_birth_date = 3 THEN cast(0 as float8)
        WHEN gamma_birth_date = 2 THEN cast(0 as float8)
        WHEN gamma_birth_date = 1 THEN cast(0 as float8)
        WHEN gamma_birth_date = 0 THEN cast(0 as float8)
    END as mw_tf_adj_birth_date,
    gamma_email,
    CASE
        WHEN gamma_email = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_email = 6 THEN
            cast(14.872674880270605 as float8)
        WHEN gamma_email = 5 THEN
            cast(-8.965784284662087 as float8)
        WHEN gamma_email = 4 THEN
            cast(9.965784284662087 as float8)
        WHEN gamma_email = 3 THEN
            cast(4.321928094887363 as float8)
        WHEN gamma_email = 2 THEN
            cast(2.584962500721156 as float8)
        WHEN gamma_email = 1 THEN
            cast(6.321928094887363 as float8)
        WHEN gamma_email = 0 THEN
            cast(-2.6409679104498984 as float8)
    END as mw_email,
    gamma_phone,
    CASE
        WHEN gamma_phone = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_phone = 2 THEN
            cast(8.643856189774725 as float8)
        WHEN gamma_phone = 1 THEN
            cast(5.643856189774724 as float8)
        WHEN gamma_phone = 0 THEN
            cast(-0.8596081969252386 as float8)
    END as mw_phone,
    gamma_company,
    "tf_company_l",
    "tf_company_r",
    CASE
        WHEN gamma_company = -1 THEN
            cast(0.0 as float8)
        WHEN gamma_company = 2 THEN
            cast(5.78135971352466 as float8)
        WHEN gamma_company = 1 THEN
            cast(4.321928094887363 as float8)
        WHEN gamma_company = 0 THEN
            cast(-1.49276880251141 as float8)
    END as mw_company,
    CASE
        WHEN gamma_company = -1 THEN cast(0 as float8)
        WHEN gamma_company = 2 THEN
            CASE
                WHEN coalesce("tf_company_l", "tf_company_r") is not null THEN
                    cast(1.0 as float8) * (
                        cast(-6.643856189774724 as float8) - log2(greatest(coalesce("tf_company_l", "tf_company_r"), coalesce("tf_company_r", "tf_company_l"), cast(0.0002 as float8)))
                    )
                ELSE cast(0 as float8)
            END
        WHEN gamma_company = 1 THEN cast(0 as float8)
        WHEN gamma_company = 0 THEN cast(0 as float8)
    END as mw_tf_adj_company,
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
