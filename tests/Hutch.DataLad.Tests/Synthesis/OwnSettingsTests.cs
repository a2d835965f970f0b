using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Synthesis;

/// <summary>Settings of DataLad and git that came by other ways than git are in git what they are, so that DataLad works on a clone.</summary>
public sealed class OwnSettingsTests
{
    private const string Modules = "[submodule \"inner\"]\n\tpath = inner\n\turl = ./inner\n";

    [Fact]
    public async Task Settings_in_the_dataset_are_files_in_git_the_same_after_a_restart()
    {
        await using GitServer server = await GitServer.StartAsync();
        string config = "[datalad \"dataset\"]\n\tid = 6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4\n";
        string id = await server.NewDatasetAsync(
            "data", isPublic: true, (".datalad/config", config), (".gitattributes", new string('#', 5000)), (".gitmodules", Modules));

        (ObjectId before, IReadOnlyDictionary<string, string> files) = await CloneAsync(server, id);
        await server.RestartAsync();
        (ObjectId after, _) = await CloneAsync(server, id);

        Assert.Equal("100644 " + config, files[".datalad/config"]);
        Assert.Equal("100644 " + Modules, files[".gitmodules"]);
        Assert.Equal("100644 " + new string('#', 5000), files[".gitattributes"]);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_harmful_list_of_subdatasets_is_not_in_git_and_the_rest_is()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync(
            "data", isPublic: true, ("a.txt", "words"), (".gitmodules", "[submodule \"x\"]\n\turl = -u./payload\n"));

        (_, IReadOnlyDictionary<string, string> files) = await CloneAsync(server, id);

        Assert.Equal("100644 words", files["a.txt"]);
        Assert.DoesNotContain(".gitmodules", files.Keys);
    }

    [Fact]
    public async Task A_push_with_a_harmful_list_of_subdatasets_is_refused_also_when_its_bytes_are_stored_already()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId blob = pack.AddBlob("[submodule \"../../x\"]\n\tpath = x\n");
        ObjectId first = pack.AddCommit(pack.AddTree(("100644", "a.txt", blob)));
        await server.PushAsync(id, pack, ("refs/heads/main", default, first));
        var next = new PackBuilder();
        ObjectId second = next.AddCommit(next.AddTree(("100644", ".gitmodules", blob)), first);

        GitAnswer answer = await server.PushAsync(id, next, ("refs/heads/main", first, second));

        Assert.Contains("ng refs/heads/main", answer.Text, StringComparison.Ordinal);
        Assert.Contains(".gitmodules", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_settings_by_another_way_is_in_git_after_a_push_too()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var pack = new PackBuilder();
        ObjectId first = pack.AddCommit(pack.AddTree(("100644", ".gitmodules", pack.AddBlob(Modules))));
        await server.PushAsync(id, pack, ("refs/heads/main", default, first));
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/entries/.gitmodules", Modules + "\tdatalad-id = x\n");
        await server.FixAsync(id);

        (_, IReadOnlyDictionary<string, string> files) = await CloneAsync(server, id);

        Assert.Equal("100644 " + Modules + "\tdatalad-id = x\n", files[".gitmodules"]);
    }

    private static ObjectId ParseId(string text) =>
        ObjectId.TryParse(Encoding.ASCII.GetBytes(text), out ObjectId id) ? id : throw new FormatException(text);

    /// <summary>The newest commit, and its files with their modes.</summary>
    private static async Task<(ObjectId Tip, IReadOnlyDictionary<string, string> Files)> CloneAsync(GitServer server, string id)
    {
        string refs = await server.RefsAsync(id);
        string line = refs.Split('\n').First(static one => one.Contains("refs/heads/main", StringComparison.Ordinal));
        int at = line.IndexOf(" refs/heads/main", StringComparison.Ordinal);
        ObjectId tip = ParseId(line[(at - 40)..at]);
        IReadOnlyDictionary<ObjectId, (ObjectKind Kind, byte[] Content)> objects = await server.FetchAsync(id, tip);
        var files = new Dictionary<string, string>();
        Add("", GitHeaders.OfCommit(objects[tip].Content).Tree);
        return (tip, files);

        void Add(string folder, ObjectId tree)
        {
            foreach (GitEntry entry in GitTree.Parse(objects[tree].Content))
            {
                if (entry.Kind == GitEntryKind.Directory)
                {
                    Add(folder + entry.Text + "/", entry.Id);
                }
                else
                {
                    string mode = entry.Kind == GitEntryKind.File ? "100644 " : entry.Kind == GitEntryKind.Link ? "120000 " : "100755 ";
                    files[folder + entry.Text] = mode + Encoding.UTF8.GetString(objects[entry.Id].Content);
                }
            }
        }
    }
}
