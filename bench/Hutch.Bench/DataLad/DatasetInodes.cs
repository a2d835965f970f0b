using System.Globalization;
using Hutch.Bench.Stores;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.DataLad;

/// <summary>What many datasets cost a file system: in a server, and as a RIA store with files and with archives, written by `hutch export-ria`.</summary>
internal static class DatasetInodes
{
    private const double Aim = 100;

    public static async Task CountAsync(BenchmarkContext context, int datasets, int files, CancellationToken ct)
    {
        string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "inodes")).FullName;
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(folder, "data"), ct);
        var user = new DataLadUser(Directory.CreateDirectory(Path.Combine(folder, "home")).FullName, server);
        await user.SetUpAsync(ct);
        string[] names = [.. Enumerable.Range(0, datasets).Select(static number => $"dataset-{number}")];
        foreach ((int number, string name) in names.Index())
        {
            string source = Path.Combine(folder, name);
            await new FileSet(name, files, 1024).WriteAsync(source, number, ct);
            await user.RunAsync(source, "hutch", ["init", "--name", name], ct);
            await user.RunAsync(source, "hutch", ["push"], ct);
            Directory.Delete(source, recursive: true);
        }

        await user.RunAsync(folder, "hutch", ["export-ria", "plain", .. names], ct);
        await user.RunAsync(folder, "hutch", ["export-ria", "archives", .. names, "--archive"], ct);
        double ours = StoreRun.CountInodes(Path.Combine(folder, "data"));
        int plain = StoreRun.CountInodes(Path.Combine(folder, "plain")), archives = StoreRun.CountInodes(Path.Combine(folder, "archives"));
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"inodes of {datasets} datasets x {files} files: hutch {ours}; RIA {plain}, {plain / ours:0} x, aim >= {Aim} x; RIA with 7z {archives}, {archives / ours:0.0} x"));
    }
}
