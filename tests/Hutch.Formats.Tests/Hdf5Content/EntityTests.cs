using System.Text.Json;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Hdf5Content;

/// <summary>What is in a file, of files that h5py writes.</summary>
public sealed class EntityTests
{
    [Fact]
    public async Task A_group_is_described_with_its_children_and_their_types()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f.attrs['NX_class'] = 'NXroot'
                d = f.create_dataset('entry/data', shape=(10, 512, 512), chunks=(1, 512, 512), dtype='u2', compression='gzip')
                f.create_dataset('entry/name', data='lysozyme')
                f.create_dataset('entry/big', data=np.arange(3, dtype='>f8'))
                f.create_dataset('entry/flag', data=np.array([True, False]))
                f.create_dataset('entry/wave', data=np.array([1+2j]))
                f.create_dataset('entry/none', data=h5py.Empty('f4'))
            """);
        await using var contents = new Contents(folder);

        JsonElement root = await contents.MetaAsync("a.h5");
        JsonElement entry = await contents.MetaAsync("a.h5", "/entry");

        Assert.Equal("group", root.GetProperty("kind").GetString());
        Assert.Equal("NX_class", root.GetProperty("attributes")[0].GetProperty("name").GetString());
        Assert.Equal(["big", "data", "flag", "name", "none", "wave"], entry.GetProperty("children").EnumerateArray().Select(static c => c.GetProperty("name").GetString()!));
        JsonElement data = Child(entry, "data");
        Assert.Equal("[10,512,512]", data.GetProperty("shape").GetRawText());
        Assert.Equal("[1,512,512]", data.GetProperty("chunks").GetRawText());
        Assert.Equal("""[{"id":1,"name":"deflate"}]""", data.GetProperty("filters").GetRawText());
        Assert.Equal("""{"class":0,"dtype":"<u2","size":2,"order":0,"sign":0}""", data.GetProperty("type").GetRawText());
        Assert.Equal("""{"class":1,"dtype":">f8","size":8,"order":1}""", Child(entry, "big").GetProperty("type").GetRawText());
        Assert.Equal("|b1", Child(entry, "flag").GetProperty("type").GetProperty("dtype").GetString());
        Assert.Equal("""{"FALSE":0,"TRUE":1}""", Child(entry, "flag").GetProperty("type").GetProperty("members").GetRawText());
        Assert.Equal("<c16", Child(entry, "wave").GetProperty("type").GetProperty("dtype").GetString());
        Assert.Equal("[]", Child(entry, "name").GetProperty("shape").GetRawText());
        Assert.True(Child(entry, "name").GetProperty("type").GetProperty("vlen").GetBoolean());
        Assert.Equal(JsonValueKind.Null, Child(entry, "none").GetProperty("shape").ValueKind);
    }

    [Fact]
    public async Task Links_resolve_to_their_targets_and_stay_links_when_the_target_cannot_be_reached()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            os.mkdir('scan')
            with h5py.File('scan/a.h5', 'w') as f:
                f['soft'] = h5py.SoftLink('/x')
                f['x'] = 1
                f['lost'] = h5py.SoftLink('/nothing')
                f['other'] = h5py.ExternalLink('b.h5', '/y')
                f['up'] = h5py.ExternalLink('../c.h5', '/z')
                f['far'] = h5py.ExternalLink('/etc/passwd', '/')
                f['round'] = h5py.SoftLink('/round')
                f['moved'] = h5py.ExternalLink('/facility/visit/b.h5', '/y')
            with h5py.File('scan/b.h5', 'w') as f: f['y'] = 2.5
            with h5py.File('c.h5', 'w') as f: f['z'] = 3
            """);
        await using var contents = new Contents(folder);

        JsonElement root = await contents.MetaAsync("scan/a.h5");

        Assert.Equal("dataset", Child(root, "soft").GetProperty("kind").GetString());
        Assert.Equal("dataset", Child(root, "other").GetProperty("kind").GetString());
        Assert.Equal("dataset", Child(root, "moved").GetProperty("kind").GetString());
        Assert.Equal("""{"name":"lost","kind":"soft_link","target_path":"/nothing"}""", Child(root, "lost").GetRawText());
        Assert.Equal("soft_link", Child(root, "round").GetProperty("kind").GetString());
        Assert.Equal("""{"name":"far","kind":"external_link","target_file":"/etc/passwd","target_path":"/"}""", Child(root, "far").GetRawText());
        Assert.Equal("dataset", Child(root, "up").GetProperty("kind").GetString());
        Assert.Equal("2.5", (await contents.DataAsync("scan/a.h5", "/other")).GetRawText());
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_not_found()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("h5py.File('a.h5', 'w')['x'] = 1");
        await using var contents = new Contents(folder);

        foreach (string path in new[] { "/y", "/x/y", "/y/z" })
        {
            HutchError error = await contents.RefusalAsync(Contents.Ask(ContentQuery.Meta, "a.h5", path));
            Assert.Equal((ErrorCode.NotFound, $"'{path}' is not a valid path in this file."), (error.Code, error.Message));
        }
    }

    [Fact]
    public async Task The_paths_of_a_group_are_listed_once_also_in_a_circle()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f['entry/data/x'] = 1
                f['entry/back'] = f['/entry']
            """);
        await using var contents = new Contents(folder);

        JsonElement paths = await contents.JsonAsync(Contents.Ask(ContentQuery.Paths, "a.h5"));

        Assert.Equal("""["/","/entry","/entry/back","/entry/data","/entry/data/x"]""", paths.GetRawText());
    }

    [Fact]
    public async Task Attributes_are_given_by_name()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            with h5py.File('a.h5', 'w') as f:
                f.attrs['text'] = 'µm'
                f.attrs['fixed'] = np.bytes_(b'mm')
                f.attrs['texts'] = ['a', 'b']
                f.attrs['numbers'] = np.array([[1, 2], [3, 4]], dtype='>i4')
                f.attrs['real'] = np.float32(0.5)
                f.attrs['nan'] = np.array([np.nan, 1.0])
                f.attrs['yes'] = True
                f.attrs['wave'] = 1+2j
                f.attrs['none'] = h5py.Empty('i4')
                f.attrs['row'] = np.array((1, 2.5), dtype=[('a', 'i4'), ('b', 'f8')])
                f.attrs['ref'] = f.ref
            """);
        await using var contents = new Contents(folder);

        JsonElement all = await contents.AttributesAsync("a.h5");
        JsonElement one = await contents.JsonAsync(Contents.Ask(ContentQuery.Attributes, "a.h5") with { Attributes = ["real"] });

        Assert.Equal(
            """{"fixed":"mm","nan":[null,1],"none":null,"numbers":[[1,2],[3,4]],"real":0.5,"ref":"<HDF5 object reference>","row":[1,2.5],"text":"µm","texts":["a","b"],"wave":[1,2],"yes":true}""",
            all.GetRawText());
        Assert.Equal("""{"real":0.5}""", one.GetRawText());
    }

    private static JsonElement Child(JsonElement group, string name) =>
        group.GetProperty("children").EnumerateArray().Single(child => child.GetProperty("name").GetString() == name);
}
