using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Hutch.Disk;
using Hutch.Processing;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Datasets.Tests;

/// <summary>The page that says what one process holds in memory, and what of it decides, has every field that holds something.</summary>
public sealed class ProcessStateTests
{
    private const string Page = "docs/reference/process-state.md";

    private static readonly string[] Kinds = ["cache", "checked again", "harmless", "**decides**"];

    /// <summary>What can keep others waiting, or differ between two servers.</summary>
    private static readonly Type[] Holders =
    [
        typeof(Lock), typeof(SemaphoreSlim), typeof(SemaphoreSlim[]), typeof(Mutex), typeof(ReaderWriterLockSlim), typeof(Channel<>),
        typeof(WakeSignal),
        typeof(ConcurrentDictionary<,>), typeof(ConcurrentQueue<>), typeof(ConcurrentBag<>), typeof(ConcurrentStack<>),
        typeof(ConditionalWeakTable<,>), typeof(Dictionary<,>), typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(HashSet<>),
        typeof(SortedSet<>), typeof(List<>), typeof(LinkedList<>), typeof(Queue<>), typeof(PriorityQueue<,>), typeof(Stack<>),
    ];

    [Fact]
    public void Every_lock_and_collection_that_the_process_holds_is_on_the_page()
    {
        string[] held = [.. Held().Order(StringComparer.Ordinal)];
        string[] listed = [.. Rows().Select(row => row.Field).Order(StringComparer.Ordinal)];

        Assert.True(
            held.SequenceEqual(listed),
            $"{Page} lacks {string.Join(", ", held.Except(listed))}; it has too much: {string.Join(", ", listed.Except(held))}");
    }

    [Fact]
    public void Every_row_of_the_page_says_of_which_kind_it_is_and_why()
    {
        string[] unclear = [.. Rows().Where(row => !Kinds.Contains(row.Kind) || row.Why.Length == 0).Select(row => row.Field)];

        Assert.Empty(unclear);
    }

    private static IEnumerable<string> Held() =>
        from assembly in new[]
        {
            typeof(ZoneServices).Assembly, typeof(SiteServices).Assembly, typeof(RunServices).Assembly, typeof(AuthorizedServices).Assembly,
        }
        from type in assembly.GetTypes()
        where !type.Name.Contains('<', StringComparison.Ordinal)
        from field in type.GetFields(
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where Holders.Contains(Definition(field.FieldType)) || Definition(field.FieldType).Name == "KeyedLock`1"
        select $"{NameOf(type)}.{NameOf(field)}";

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static string NameOf(Type type)
    {
        string name = type.Name.Split('`')[0];
        return type.DeclaringType is { } outer ? $"{NameOf(outer)}.{name}" : name;
    }

    /// <summary>The name as the source has it: of a property for its field, of a parameter for one that its class keeps.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static IEnumerable<(string Field, string Kind, string Why)> Rows() =>
        from line in File.ReadLines(Path.Combine(Root(), Page)).TakeWhile(line => line != "## Local files")
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        select (cells[0].Trim('`'), cells[1], cells[2]);

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run from inside the repository.");
    }
}
