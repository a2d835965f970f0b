using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Testing.Clocks;
using Hutch.Types.Catalog;

namespace Hutch.Types.Tests.Catalog;

public sealed class TypeLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-types-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_in_the_folder_is_a_type_as_long_as_it_is_there()
    {
        Drop("lab.yaml", "name: lab\nparent: mx\n");
        var library = new TypeLibrary(LocalDisk.Instance, _folder, TimeProvider.System);
        Assert.NotNull(library.Current.Find("lab"));

        File.Delete(Path.Combine(_folder, "lab.yaml"));
        Drop("other.yml", "name: other\nparent: mx\n");
        library.Refresh();

        Assert.Null(library.Current.Find("lab"));
        Assert.NotNull(library.Current.Find("other"));
    }

    [Fact]
    public void An_invalid_file_is_reported_and_does_not_affect_other_files()
    {
        Drop("bad.yaml", "name: bad\nparent: mx\nattributes: [\n");
        Drop("good.yaml", "name: good\nparent: mx\n");
        Drop("README.md", "no type");
        Drop(".bad.yaml.swp.yaml", "no type");

        var library = new TypeLibrary(LocalDisk.Instance, _folder, TimeProvider.System);

        Assert.NotNull(library.Current.Find("good"));
        Assert.Equal("bad.yaml", Assert.Single(library.Problems).File);
    }

    [Fact]
    public void A_corrected_file_is_no_longer_reported()
    {
        Drop("lab.yaml", "name: lab\n");
        var library = new TypeLibrary(LocalDisk.Instance, _folder, TimeProvider.System);
        Assert.Single(library.Problems);

        Drop("lab.yaml", "name: lab\nparent: mx\n");
        library.Refresh();

        Assert.Empty(library.Problems);
        Assert.NotNull(library.Current.Find("lab"));
    }

    [Fact]
    public void The_types_are_the_same_object_until_a_byte_changes()
    {
        Drop("lab.yaml", "name: lab\nparent: mx\n");
        var library = new TypeLibrary(LocalDisk.Instance, _folder, TimeProvider.System);
        TypeCatalog before = library.Current;

        library.Refresh();

        Assert.Same(before, library.Current);
    }

    [Fact]
    public void A_file_that_has_not_changed_for_a_while_is_not_read_again()
    {
        Drop("lab.yaml", "name: lab\nparent: mx\n");
        Drop("other.yaml", "name: other\nparent: mx\n");
        var disk = new CountingDisk();
        var library = new TypeLibrary(disk, _folder, new ShiftedTime { Ahead = TimeSpan.FromHours(1) });

        Drop("lab.yaml", "name: lab2\nparent: mx\n");
        library.Refresh();

        Assert.Equal(["lab.yaml", "other.yaml", "lab.yaml"], disk.Opened);
        Assert.NotNull(library.Current.Find("lab2"));
    }

    [Fact]
    public void A_file_that_was_just_written_is_read_again_as_it_could_have_changed_within_a_step_of_the_clock()
    {
        Drop("lab.yaml", "name: lab\nparent: mx\n");
        var disk = new CountingDisk();
        var library = new TypeLibrary(disk, _folder, TimeProvider.System);

        library.Refresh();

        Assert.Equal(["lab.yaml", "lab.yaml"], disk.Opened);
    }

    [Fact]
    public void A_folder_that_is_away_for_a_while_takes_no_type_along()
    {
        Drop("lab.yaml", "name: lab\nparent: mx\n");
        var library = new TypeLibrary(LocalDisk.Instance, _folder, TimeProvider.System);

        Directory.Move(_folder, _folder + "-away");
        library.Refresh();
        Assert.NotNull(library.Current.Find("lab"));
        Assert.Contains("there is no such folder", Assert.Single(library.Problems).Message, StringComparison.Ordinal);

        Directory.Move(_folder + "-away", _folder);
        library.Refresh();
        Assert.Empty(library.Problems);
    }

    private void Drop(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private sealed class CountingDisk() : WrappedDisk(LocalDisk.Instance)
    {
        public List<string> Opened { get; } = [];

        public override IDiskFile Open(string path, DiskAccess access)
        {
            Opened.Add(Path.GetFileName(path));
            return base.Open(path, access);
        }
    }
}
