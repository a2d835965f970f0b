using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;
using Hutch.Model.Annex;

namespace Hutch.DataLad.Annex;

/// <summary>
/// Reads which keys a branch <c>git-annex</c> calls dead, as <c>git annex dead --key</c> leaves it: all their locations say so
/// (git-annex.branchable.com/internals, "location log files"). For one thread.
/// </summary>
internal sealed class DeadKeys(ObjectStore objects, string ownUuid)
{
    private const string LogEnd = ".log";
    private const int HashLevels = 2;
    private const int HashLength = 3;
    private const int MaxLogBytes = 4 << 20;

    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectId, bool> _logs = [];

    /// <summary>Returns the names of the dead keys.</summary>
    /// <param name="branch">The newest commit of the branch.</param>
    public IReadOnlySet<string> Read(ObjectId branch, CancellationToken ct)
    {
        AddTree(objects.ReadCommit(branch).Tree, 0, ct);
        return _found;
    }

    /// <summary>Returns true if all locations of a log call its key dead. The newest line of each location counts.</summary>
    /// <param name="ownUuid">A location whose lines do not count.</param>
    internal static bool IsDead(string log, string ownUuid)
    {
        var newest = new Dictionary<string, (double Time, bool IsDead)>(StringComparer.Ordinal);
        foreach (string line in log.Split('\n'))
        {
            if (line.Split(' ') is [var time, var state, var uuid] && uuid != ownUuid
                && double.TryParse(time.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
                && (!newest.TryGetValue(uuid, out (double Time, bool IsDead) before) || seconds >= before.Time))
            {
                newest[uuid] = (seconds, state == "X");
            }
        }

        return newest.Count > 0 && newest.Values.All(static one => one.IsDead);
    }

    private void AddTree(ObjectId tree, int level, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        foreach (GitEntry entry in objects.ReadTree(tree))
        {
            string name = entry.Text ?? "";
            if (level < HashLevels && entry.Kind == GitEntryKind.Directory && name.Length == HashLength)
            {
                AddTree(entry.Id, level + 1, ct);
            }
            else if (level == HashLevels && entry.Kind == GitEntryKind.File && name.EndsWith(LogEnd, StringComparison.Ordinal)
                && KeyName.Parse(name[..^LogEnd.Length]) is { } key && IsDead(entry.Id))
            {
                _found.Add(key.Name);
            }
        }
    }

    /// <summary>Most keys of a dataset have the same few locations and times, and so the same log.</summary>
    private bool IsDead(ObjectId log)
    {
        if (!_logs.TryGetValue(log, out bool isDead))
        {
            isDead = objects.SizeOf(log) <= MaxLogBytes
                && IsDead(Encoding.Latin1.GetString(objects.Read(log, ObjectKind.Blob)), ownUuid);
            _logs[log] = isDead;
        }

        return isDead;
    }
}
