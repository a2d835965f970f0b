using Hutch.Types.Documents;

namespace Hutch.Programs.Documents;

/// <summary>
/// Finds programs that name each other in a circle as the ones that they follow. What a close or a number of files starts needs no such
/// check: results never start a program that led to them.
/// </summary>
public static class ProgramCycles
{
    /// <summary>Returns the programs of each cycle among those that follow others, in their order; null if there is none.</summary>
    public static IReadOnlyList<ProgramDocument>? Find(IReadOnlyCollection<ProgramDocument> programs)
    {
        Dictionary<string, ProgramDocument> byName = programs.ToDictionary(static program => program.Name, StringComparer.Ordinal);
        foreach (ProgramDocument first in programs)
        {
            var path = new List<ProgramDocument> { first };
            while (path[0].When?.After is { } name && byName.TryGetValue(name, out ProgramDocument? before) && path.Count <= programs.Count)
            {
                if (before == first)
                {
                    return [.. path.TakeLast(1), .. path.SkipLast(1)];
                }

                path.Insert(0, before);
            }
        }

        return null;
    }

    /// <summary>Returns the problem of a cycle, in the file of its first program.</summary>
    public static TypeProblem ProblemOf(IReadOnlyList<ProgramDocument> cycle)
    {
        string way = string.Join(", then ", cycle.Skip(1).Select(static program => $"'{program.Name}'"));
        return new TypeProblem(
            cycle[0].File, 0, 0,
            $"'{cycle[0].Name}' would start again after itself{(way.Length == 0 ? "" : $", by way of {way}")}, without an end: start it by "
            + "hand.");
    }

    /// <summary>Returns the reason why the results of one program never start another one that follows it; null if they do.</summary>
    public static TypeProblem? FindBrokenLink(
        ProgramDocument next, IReadOnlyCollection<ProgramDocument> programs, Func<string, IReadOnlyList<string>> lineageOf)
    {
        if (next.When?.After is not { } name)
        {
            return null;
        }

        if (programs.FirstOrDefault(one => one.Name == name) is not { } before)
        {
            return Problem(
                $"it starts after '{name}', and there is no such program{Suggestion.For(name, programs.Select(static one => one.Name))}");
        }

        return Takes(next, lineageOf(before.Output.Type)) ? null : Problem(
            $"it starts after '{name}', whose results have the type '{before.Output.Type}', but it takes "
            + $"{string.Join(" or ", next.Accepts.Types)}.");

        TypeProblem Problem(string words) => new(next.File, 0, 0, words);
    }

    private static bool Takes(ProgramDocument program, IReadOnlyList<string> lineage) =>
        program.Accepts.Types.Count == 0 || program.Accepts.Types.Any(lineage.Contains);
}
