using System.Collections.Frozen;

namespace Hutch.Catalog.Zone;

/// <summary>One change of the zone: the tables, and the lines that it adds to the audit. It commits only with at least one line.</summary>
public sealed class ZoneChange : ZoneTables
{
    /// <summary>Actions whose loss would give an account or a site rights that it no longer has, or take its password away.</summary>
    private static readonly FrozenSet<string> Lasting = FrozenSet.ToFrozenSet(
        [
            "admin.recover", "group.change", "group.delete", "group.leave", "identity.link", "password.change", "role.change", "site.join",
            "site.remove", "user.change", "user.create",
        ],
        StringComparer.Ordinal);

    private readonly AuditActor _actor;
    private readonly Dictionary<AuditActor, long> _lines = [];

    internal ZoneChange(DbConnection connection, TimeProvider time, AuditActor actor, string zoneId)
        : base(connection, time)
    {
        _actor = actor;
        ZoneId = zoneId;
    }

    /// <inheritdoc cref="ZoneDatabase.Id"/>
    public string ZoneId { get; }

    public int Lines { get; private set; }

    /// <summary>
    /// True for a change that is acknowledged only when it survives the loss of this machine, where there is a store for that: membership
    /// in a zone, accounts, roles, passwords, revoked tokens.
    /// </summary>
    public bool MustOutliveMachine { get; private set; }

    /// <summary>Sets <see cref="MustOutliveMachine"/>, for an action that does not always need it.</summary>
    public void OutliveMachine() => MustOutliveMachine = true;

    /// <param name="target">Its target, such as <c>user:ada</c> or <c>dataset:UUID</c>.</param>
    /// <param name="detail">A few words of detail. Never a secret.</param>
    public void AddAudit(string action, string? target, string? detail = null) => AddAudit(_actor, action, target, detail);

    /// <summary>Counts a large document as lines of its author, by its size.</summary>
    public void CountDocument(long bytes) => AddLines(_actor, AuditBudget.LinesOf(bytes));

    internal void Count(AuditBudget budget)
    {
        foreach ((AuditActor actor, long lines) in _lines)
        {
            budget.Take(actor, lines);
        }
    }

    private void AddLines(AuditActor actor, long lines) => _lines[actor] = _lines.GetValueOrDefault(actor) + lines;

    internal Result<Done> Follow(IReadOnlyCollection<FeedItem> items, bool isWhole, FeedPosition to)
    {
        IReadOnlyList<string> renamed = View.Apply(items, isWhole, to);

        // Caches by dataset, such as the search index, learn from the audit which datasets have changed. The last line, which names
        // nothing, makes the caches of rights forget everything.
        IEnumerable<string> datasets = items.Where(static item => item.Table is "names" or "grants")
            .Select(static item => item.Key.Split(' ')[0]);
        foreach (string dataset in datasets.Union(renamed, StringComparer.Ordinal))
        {
            AddAudit("zone.follow", "dataset:" + dataset);
        }

        AddAudit("zone.follow", null, string.Create(CultureInfo.InvariantCulture, $"{items.Count} rows, to {to.Sequence}"));
        return Done.Value;
    }

    /// <summary>Adds a line about an action of another actor than the author of the change.</summary>
    /// <inheritdoc cref="AddAudit(string, string?, string?)"/>
    public void AddAudit(AuditActor actor, string action, string? target, string? detail)
    {
        Audit.Append(actor, action, target, detail);
        AddLines(actor, 1);
        Lines++;
        MustOutliveMachine |= Lasting.Contains(action);
    }
}
