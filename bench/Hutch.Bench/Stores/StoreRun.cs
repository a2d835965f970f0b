namespace Hutch.Bench.Stores;

/// <summary>One store that was given files and gave them back.</summary>
/// <param name="Store">Its name.</param>
/// <param name="Pushed">What the push took.</param>
/// <param name="Cloned">What the clone took.</param>
/// <param name="NewInodes">What the push added in inodes.</param>
/// <param name="AllInodes">What the whole store has, with what it made for itself at its start.</param>
internal sealed record StoreRun(string Store, Measurement Pushed, Measurement Cloned, int NewInodes, int AllInodes)
{
    /// <summary>
    /// Pushes a folder to a fresh store, clones it, and compares every byte. What it made stays when <paramref name="keep"/> is set: see
    /// <see cref="FileSystemRest"/>.
    /// </summary>
    public static async Task<StoreRun> RunAsync(string folder, string source, Func<string, IStore> make, CancellationToken ct, bool keep = false)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        StoreRun run;
        await using (IStore store = make(own))
        {
            run = await RunAsync(store, source, Path.Combine(own, "target"), ct);
        }

        if (!keep)
        {
            OwnFolder.Delete(own);
        }

        return run;
    }

    private static async Task<StoreRun> RunAsync(IStore store, string source, string target, CancellationToken ct)
    {
        string pushed = await store.PrepareAsync(source, ct);
        int before = CountInodes(store.Folder);
        Measurement push = await store.PushAsync(pushed, ct);
        int after = CountInodes(store.Folder);
        Measurement clone = await store.CloneAsync(target, ct);
        await FileSet.RequireEqualAsync(source, target, ct);
        return new StoreRun(store.Name, push, clone, after - before, after);
    }

    /// <summary>Files and folders below a folder.</summary>
    public static int CountInodes(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Count() : 0;
}
