using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Agents;

/// <summary><c>hutch adopt list</c>: the adopted folders, their progress and their problems.</summary>
internal sealed class AdoptListVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "list",
        "Show the adopted folders: state, size, what waits to be hashed, and what needs attention.",
        "hutch adopt list")
{
    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var table = new TextTable("FOLDER", "STATE", "DATASET", "FILES", "BYTES", "TO HASH");
        var remarks = new List<string>();
        long waiting = 0;
        double rate = 0;
        string? cursor = null;
        do
        {
            FacilityFolders page = await context.Server.GetAdoptedFoldersAsync(cursor, cancellationToken);
            cursor = page.Next;
            if (context.Json)
            {
                context.PrintJson(page, HutchJson.Default.FacilityFolders);
                continue;
            }

            foreach (FacilityFolderInfo folder in page.Items)
            {
                waiting += folder.PendingBytes ?? 0;
                rate += folder.HashedPerSecond ?? 0;
                table.Add(
                    Display.Name(folder.Folder), folder.State, folder.Name ?? "", Human.Count(folder.Files), Display.Bytes(folder.Bytes),
                    folder.PendingHashes == 0
                        ? ""
                        : $"{Human.Count(folder.PendingHashes, "file")}, {Display.Bytes(folder.PendingBytes ?? 0)}");
                remarks.AddRange(
                    folder.Notices.Prepend(folder.Problem).OfType<string>().Select(text => $"{Display.Name(folder.Folder)}: {text}"));
            }
        }
        while (cursor is not null);
        if (context.Json)
        {
            return ExitCode.Ok;
        }

        context.Write(table, "No folders are adopted.");
        if (waiting > 0 && rate > 0)
        {
            context.WriteDone(
                $"Hashing {Display.Bytes(waiting)} at {Display.Bytes(rate)}/s: "
                + $"{Display.Duration(TimeSpan.FromSeconds(waiting / rate))} left.");
        }

        remarks.ForEach(context.WriteNote);
        return ExitCode.Ok;
    }
}
