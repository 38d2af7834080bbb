"""Ready views over the tables of a corpus, as SQL."""

#: Name → its meaning in a line, and the query.
VIEWS: dict[str, tuple[str, str]] = {
    "quotations": (
        "every coding: its project, source, words, code and coder",
        """
        SELECT c.project_id, p.file AS project, coalesce(above.name, s.name) AS source, e.place, e.quotation,
            k.path AS code, u.name AS coder, c.creation_date_time AS date, e.description AS comment,
            k.is_case, k.is_framework, e.kind AS selection_kind, e.guid AS selection_guid, c.guid AS coding_guid,
            c.row AS coding_row
        FROM codings AS c
        JOIN projects AS p ON p.project_id = c.project_id
        LEFT JOIN codes AS k ON k.project_id = c.project_id AND k.row = c.code_row
        LEFT JOIN users AS u ON u.project_id = c.project_id AND u.guid = c.creating_user
        LEFT JOIN selections AS e
            ON c.owner_kind = 'selection' AND e.project_id = c.project_id AND e.row = c.owner_row
        LEFT JOIN sources AS s
            ON s.project_id = c.project_id
            AND s.row = CASE c.owner_kind WHEN 'source' THEN c.owner_row ELSE e.source_row END
        LEFT JOIN sources AS above
            ON s.parent_kind = 'source' AND above.project_id = s.project_id AND above.row = s.parent_row
        """,
    ),
    "code_counts": (
        "each code by its path, across projects: in how many, how often",
        """
        SELECT k.path AS code, count(DISTINCT k.project_id) AS projects,
            count(DISTINCT c.project_id) AS projects_with_codings, count(c.row) AS codings
        FROM codes AS k
        LEFT JOIN codings AS c ON c.project_id = k.project_id AND c.code_row = k.row
        WHERE NOT k.is_case
        GROUP BY k.path
        ORDER BY codings DESC, code
        """,
    ),
    "framework_counts": (
        "codings of framework codes in projects that were enriched before, by code and project",
        """
        SELECT k.path AS code, p.project_id, p.file AS project, count(*) AS codings,
            count(DISTINCT c.owner_kind || c.owner_row) AS passages
        FROM codings AS c
        JOIN codes AS k ON k.project_id = c.project_id AND k.row = c.code_row
        JOIN projects AS p ON p.project_id = c.project_id
        WHERE k.is_framework
        GROUP BY ALL
        ORDER BY code, project
        """,
    ),
    "copies": (
        "projects that hold the same sources, and whether they are the very same document",
        """
        SELECT sources_sha256, count(*) AS projects, count(DISTINCT document_sha256) AS documents,
            list(location ORDER BY location) AS locations
        FROM projects
        WHERE sources_sha256 IS NOT NULL
        GROUP BY sources_sha256
        HAVING count(*) > 1
        ORDER BY projects DESC, sources_sha256
        """,
    ),
}

#: Those of a corpus that was mapped.
MAPPED_VIEWS: dict[str, tuple[str, str]] = {
    "constructs": (
        "every coding that counts, once for each construct that it expresses",
        """
        SELECT project_id, project, participant, "group", source, place, quotation, path AS code,
            unnest(constructs) AS construct, coder, date, coding_row
        FROM study_codings
        WHERE counted
        """,
    ),
    "construct_counts": (
        "each construct by group, across projects: projects, participants, codings",
        """
        SELECT construct, "group", count(DISTINCT project_id) AS projects,
            count(DISTINCT (project_id, participant)) AS participants, count(*) AS codings
        FROM constructs
        GROUP BY ALL
        ORDER BY construct, "group"
        """,
    ),
    "construct_counts_by_project": (
        "each construct by project and group",
        """
        SELECT construct, project_id, project, "group", count(DISTINCT participant) AS participants, count(*) AS codings
        FROM constructs
        GROUP BY ALL
        ORDER BY construct, project, "group"
        """,
    ),
}
