using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Zone;

namespace Hutch.Commands.Verbs.Copies;

/// <summary>Shows which files a copy lacks because no site has them.</summary>
internal static class CopyFailureOutput
{
    /// <summary>A table of the files; nothing when each copy can be had whole.</summary>
    internal static void Write(CliContext context, IEnumerable<(string Site, CopyFailures? Failures)> copies)
    {
        var table = new TextTable("SITE", "LACKS", "");
        foreach ((string site, CopyFailures? failures) in copies)
        {
            foreach (FileFailure file in failures?.Files ?? [])
            {
                table.Add(site, file.Path, file.Why);
            }

            if (failures is not null && Rest(failures) is { } rest)
            {
                table.Add(site, rest, "");
            }
        }

        if (!table.IsEmpty)
        {
            context.Write(table, "");
        }
    }

    internal static IEnumerable<string> Lines(CopyFailures? failures) => failures is null ? [] :
    [
        .. failures.Files.Select(static file => $"lacks {file.Path}: {file.Why}"),
        .. Rest(failures) is { } rest ? [$"lacks {rest}"] : (string[])[],
    ];

    private static string? Rest(CopyFailures failures) => (failures.Count - failures.Files.Count) switch
    {
        <= 0 => null,
        var more when failures.Files.Count == 0 => Human.Count(more, "file"),
        var more => Human.Count(more, "more file"),
    };
}
