// One mistake in a policy: where it stands, which key it is about, what was expected and what was found.

export interface Issue {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** Dotted, such as `rules[2].schedule.cron`; `.` is the document. */
  readonly path: string;
  readonly message: string;
}

/** `file:line:column path message`, always one line. */
export const formatIssue = ({ file, line, column, path, message }: Issue): string =>
  `${file}:${line}:${column} ${path} ${message}`;
