using NpgsqlTypes;

namespace Hutch.Cluster.Journal;

/// <summary>A row to be appended: the members of one lane, and the records when it is the last row of its group.</summary>
internal sealed class RowDraft(Lane lane)
{
    private const string Insert =
        """
        INSERT INTO site_log (
            number, id, previous_id, lane, first_sequence, last_sequence, time_ms, has_checkpoint, journal, directory, bodies, body_bytes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    private readonly List<LogMember> _members = [];
    private IReadOnlyList<ulong> _reliedUpon = [];
    private ReadOnlyMemory<byte> _directory;

    public Lane Lane => lane;

    public LogPosition Position { get; private set; }

    public LogRow ForMembers => new(Position.Number, Position.Id, lane, _directory, null);

    /// <summary>Returns the rows of a group. That of the main lane, which has the records, is last.</summary>
    public static List<RowDraft> From(LogGroup group)
    {
        var rows = new List<RowDraft>();
        var main = new RowDraft(Lane.Main);
        foreach (LogMember member in group.Members)
        {
            RowDraft? row = member.Lane == Lane.Main ? main : rows.Find(one => one.Lane == member.Lane);
            if (row is null)
            {
                rows.Add(row = new RowDraft(member.Lane));
            }

            row._members.Add(member);
        }

        if (main._members.Count > 0 || group.FirstSequence > 0 || rows.Count == 0)
        {
            rows.Add(main);
        }

        // Said once, by the last row of the group.
        rows[^1]._reliedUpon = group.ReliedUpon;
        return rows;
    }

    /// <summary>Gives the row its position and makes the statement that appends it.</summary>
    /// <param name="previous">The id of the row before.</param>
    /// <param name="group">The records of the group; null for a row without.</param>
    public NpgsqlBatchCommand Place(LogPosition position, Guid previous, long now, LogGroup? group, ILogMembers members)
    {
        Position = position;
        _directory = members.Describe(_members, _reliedUpon);
        NpgsqlParameter bodies = Bodies();
        return new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                LogParameter.From(position.Number),
                LogParameter.From(position.Id),
                LogParameter.From(previous),
                LogParameter.From(lane.Name),
                LogParameter.From(group?.FirstSequence ?? 0),
                LogParameter.From(group?.LastSequence ?? 0),
                LogParameter.From(now),
                LogParameter.From(group is not null && CheckpointMark.IsIn(group.Journal.Span)),
                LogParameter.From(group?.Journal ?? default),
                LogParameter.From(_directory),
                bodies,
                LogParameter.From(_members.Sum(static member => (long)member.Body.Length)),
            },
        };
    }

    private NpgsqlParameter Bodies() => _members.Count switch
    {
        0 => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = DBNull.Value },
        1 => LogParameter.From(_members[0].Body),
        _ => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = new RowBodies(_members) },
    };
}
