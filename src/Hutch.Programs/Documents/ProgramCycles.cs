using Hutch.Types.Documents;

namespace Hutch.Programs.Documents;

/// <summary>Finds programs whose results would start them again, also by way of others.</summary>
public static class ProgramCycles
{
    /// <summary>Returns the programs of each cycle among those that start by themselves, in their order; null if there is none.</summary>
    /// <param name="lineageOf">Returns the name of a type with those of all types from which it inherits.</param>
    public static IReadOnlyList<ProgramDocument>? Find(
        IReadOnlyCollection<ProgramDocument> programs, Func<string, IReadOnlyList<string>> lineageOf)
    {
        ArgumentNullException.ThrowIfNull(programs);
        ProgramDocument[] own = [.. programs.Where(static program => program.When is not null)];
        foreach (ProgramDocument first in own)
        {
            // The shortest way back to it.
            var before = new Dictionary<ProgramDocument, ProgramDocument>();
            var waiting = new Queue<ProgramDocument>([first]);
            while (waiting.TryDequeue(out ProgramDocument? program))
            {
                foreach (ProgramDocument next in own.Where(other => Starts(program, other, lineageOf)))
                {
                    if (next == first)
                    {
                        return Path(before, first, program);
                    }

                    if (before.TryAdd(next, program))
                    {
                        waiting.Enqueue(next);
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Returns the problem of a cycle, in the file of its first program.</summary>
    public static TypeProblem ProblemOf(IReadOnlyList<ProgramDocument> cycle)
    {
        ArgumentNullException.ThrowIfNull(cycle);
        ProgramDocument last = cycle[^1];
        string way = string.Join(", then ", cycle.Skip(1).Select(static program => $"'{program.Name}'"));
        return new TypeProblem(
            cycle[0].File, 0, 0,
            $"the results of '{last.Name}' have the type '{last.Output.Type}' and would start '{cycle[0].Name}' again"
            + $"{(way.Length == 0 ? "" : $", by way of {way}")}, without an end: "
            + (cycle[0].When?.After is null ? "name other types in 'accepts', or start it by hand." : "start it by hand."));
    }

    /// <summary>Returns the reason why the results of one program never start another one that follows it; null if they do.</summary>
    public static TypeProblem? FindBrokenLink(
        ProgramDocument next, IReadOnlyCollection<ProgramDocument> programs, Func<string, IReadOnlyList<string>> lineageOf)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(programs);
        string? words = next.When?.After is not { } name ? null
            : programs.FirstOrDefault(one => one.Name == name) is not { } before
                ? $"it starts after '{name}', and there is no such program{Suggestion.For(name, programs.Select(static one => one.Name))}"
            : Takes(next, lineageOf(before.Output.Type)) ? null
            : $"it starts after '{name}', whose results have the type '{before.Output.Type}', but it takes "
                + $"{string.Join(" or ", next.Accepts.Types)}.";
        return words is null ? null : new TypeProblem(next.File, 0, 0, words);
    }

    private static bool Starts(ProgramDocument program, ProgramDocument next, Func<string, IReadOnlyList<string>> lineageOf) =>
        next.When?.After is { } name ? name == program.Name : Takes(next, lineageOf(program.Output.Type));

    private static bool Takes(ProgramDocument program, IReadOnlyList<string> lineage) =>
        program.Accepts.Types.Count == 0 || program.Accepts.Types.Any(lineage.Contains);

    private static List<ProgramDocument> Path(
        Dictionary<ProgramDocument, ProgramDocument> before, ProgramDocument first, ProgramDocument last)
    {
        var path = new List<ProgramDocument> { last };
        while (path[0] != first)
        {
            path.Insert(0, before[path[0]]);
        }

        return path;
    }
}
