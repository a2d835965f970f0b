using System.Text;
using Hutch.Agent.Blocks;
using Hutch.Agent.Writing;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Writing;

public sealed class BlockWriterTests
{
    private const string Name = "SPA.yml";
    private const string Before = "A: 1 # one\n";
    private const string After = Before + "Hutch:\n  Space: d1\n";
    private const string Saved = "A: 2 # two, which is longer\nB: 3\n";

    private static readonly BlockValue[] Values = [new("Space", "d1")];
    private static readonly BlockWriter Writer = new(new YamlLimits());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_block_is_written_and_the_replaced_file_is_deleted_after_settling(bool canExchange)
    {
        FaultyDisk disk = DiskWith(Before);
        using var folder = new FaultyFolder(disk, canExchange);

        WrittenBlock written = Writer.Write(folder, Name, "Hutch", Values).Value;
        (bool writeAgain, string? notice) = Writer.Finish(folder, Name);

        Assert.Equal(new WrittenBlock(BlockLocation.MetadataFile, null, MustSettle: true), written);
        Assert.Equal((false, null), (writeAgain, notice));
        Assert.Equal(After, Text(disk));
        Assert.Equal([Name], disk.FilesIn(FaultyFolder.Folder));
    }

    [Fact]
    public void A_block_that_is_there_is_not_written_again()
    {
        FaultyDisk disk = DiskWith(After);
        using var folder = new FaultyFolder(disk, canExchange: true);

        Assert.False(Writer.Write(folder, Name, "Hutch", Values).Value.MustSettle);
        Assert.Equal([Name], disk.FilesIn(FaultyFolder.Folder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crash_at_any_call_leaves_the_whole_old_or_the_whole_new_file(bool canExchange)
    {
        FaultyDisk disk = DiskWith(Before);
        var left = new List<FaultyDisk>();
        disk.BeforeCall = call => left.AddRange(Enumerable.Range(0, 20).Select(seed => disk.Crash(seed)));
        using (var folder = new FaultyFolder(disk, canExchange))
        {
            _ = Writer.Write(folder, Name, "Hutch", Values).Value;
            Writer.Finish(folder, Name);
        }

        Assert.NotEmpty(left);
        foreach (FaultyDisk crashed in left)
        {
            using var folder = new FaultyFolder(crashed, canExchange);
            Assert.True(!canExchange || crashed.FileExists(At(Name)), "the file is missing");
            Assert.True(!crashed.FileExists(At(Name)) || Text(crashed) is Before or After, "the file is cut");

            Writer.Write(folder, Name, "Hutch", Values);
            Writer.Finish(folder, Name);

            Assert.Equal(After, Text(crashed));
            Assert.Equal([Name], crashed.FilesIn(FaultyFolder.Folder));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Leftovers_of_a_crash_are_not_mistaken_for_a_change_by_a_user(bool canExchange)
    {
        FaultyDisk disk = DiskWith(Before);
        var left = new List<FaultyDisk>();
        disk.BeforeCall = call => left.AddRange(Enumerable.Range(0, 20).Select(seed => disk.Crash(seed)));
        using (var folder = new FaultyFolder(disk, canExchange))
        {
            _ = Writer.Write(folder, Name, "Hutch", Values).Value;
        }

        foreach (FaultyDisk crashed in left.Where(crashed => crashed.FileExists(At(Name)) && Text(crashed) == Before))
        {
            using var folder = new FaultyFolder(crashed, canExchange);
            Save(crashed, Saved, inPlace: false);

            Writer.Write(folder, Name, "Hutch", Values);
            (_, string? notice) = Writer.Finish(folder, Name);

            Assert.Null(notice);
            Assert.StartsWith(Saved, Text(crashed), StringComparison.Ordinal);
            Assert.Equal([Name], crashed.FilesIn(FaultyFolder.Folder));
        }
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public void A_change_that_a_user_saves_at_any_moment_is_not_lost(bool canExchange, bool renamesByLinks, bool inPlace)
    {
        for (int at = 1; ; at++)
        {
            FaultyDisk disk = DiskWith(Before);
            using var folder = new FaultyFolder(disk, canExchange) { RenamesByLinks = renamesByLinks };
            int calls = 0;
            bool saved = false;
            disk.BeforeCall = _ =>
            {
                if (++calls == at)
                {
                    saved = true;
                    disk.BeforeCall = null;
                    Save(disk, Saved, inPlace);
                }
            };

            Writer.Write(folder, Name, "Hutch", Values);
            while (Writer.Finish(folder, Name).WriteAgain)
            {
                Writer.Write(folder, Name, "Hutch", Values);
            }

            if (!saved)
            {
                Assert.True(at > 8);
                return;
            }

            Writer.Write(folder, Name, "Hutch", Values);
            Assert.True(Text(disk) == Saved + "Hutch:\n  Space: d1\n", $"saved at call {at}: {Text(disk)}");
        }
    }

    [Fact]
    public void A_program_that_writes_into_the_file_it_has_open_is_heard_when_the_write_settles()
    {
        FaultyDisk disk = DiskWith(Before);
        using var folder = new FaultyFolder(disk, canExchange: true);
        using IDiskFile open = disk.Open(At(Name), DiskAccess.ReadWrite);
        _ = Writer.Write(folder, Name, "Hutch", Values).Value;

        open.Write("A: 9"u8, 0);
        (bool writeAgain, _) = Writer.Finish(folder, Name);
        _ = Writer.Write(folder, Name, "Hutch", Values).Value;

        Assert.True(writeAgain);
        Assert.Equal(After.Replace("A: 1", "A: 9", StringComparison.Ordinal), Text(disk));
    }

    [Fact]
    public void The_newest_of_two_changes_wins_and_the_other_is_kept_and_reported()
    {
        FaultyDisk disk = DiskWith(Before);
        using var folder = new FaultyFolder(disk, canExchange: true);
        using IDiskFile open = disk.Open(At(Name), DiskAccess.ReadWrite);
        _ = Writer.Write(folder, Name, "Hutch", Values).Value;
        open.Write("A: 9"u8, 0);
        Save(disk, Saved, inPlace: false);

        (_, string? notice) = Writer.Finish(folder, Name);

        Assert.Equal(Saved, Text(disk));
        Assert.Contains("was saved twice", notice, StringComparison.Ordinal);
        string kept = disk.FilesIn(FaultyFolder.Folder).Single(name => name.StartsWith(".hutch-kept-", StringComparison.Ordinal));
        Assert.StartsWith("A: 9", Encoding.UTF8.GetString(disk.ReadFile(At(kept))), StringComparison.Ordinal);
    }

    [Fact]
    public void If_the_file_owner_cannot_be_preserved_the_block_goes_to_a_side_file_and_the_operator_is_notified()
    {
        FaultyDisk disk = DiskWith(Before);
        using var folder = new FaultyFolder(disk, canExchange: true) { CannotKeepOwner = true };

        WrittenBlock written = Writer.Write(folder, Name, "Hutch", Values).Value;

        Assert.Equal(BlockLocation.SideFile, written.Place);
        Assert.Contains("the block is in '.hutch-SPA.yml' beside it", written.Notice, StringComparison.Ordinal);
        Assert.Equal(Before, Text(disk));
        Assert.Equal("Hutch:\n  Space: d1\n", Encoding.UTF8.GetString(disk.ReadFile(At(".hutch-SPA.yml"))));
    }

    [Fact]
    public void A_read_only_folder_gets_its_block_in_the_side_folder_or_an_error_that_asks_for_one()
    {
        FaultyDisk disk = DiskWith(Before);
        disk.FailWith = call => call.Path.StartsWith(FaultyFolder.Folder + "/.", StringComparison.Ordinal) ? new IOException("Read-only file system", 30) : null;
        FaultyDisk other = DiskWith(Before);
        using var folder = new FaultyFolder(disk, canExchange: true);
        var writer = new BlockWriter(new YamlLimits(), () => new FaultyFolder(other, canExchange: true));

        WrittenBlock written = writer.Write(folder, Name, "Hutch", Values).Value;
        HutchError refused = Writer.Write(folder, Name, "Hutch", Values).Error!;

        Assert.Equal(BlockLocation.SideFolder, written.Place);
        Assert.Contains(SideFile.NameFor(FaultyFolder.Folder), other.FilesIn(FaultyFolder.Folder));
        Assert.EndsWith("set 'agent.sideFolder' to a folder for the blocks.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Before, Text(disk));
    }

    [Fact]
    public void An_invite_that_others_could_read_is_not_written()
    {
        FaultyDisk disk = DiskWith(Before);
        using var folder = new FaultyFolder(disk, canExchange: false) { ModeOfAll = 0x1A4 };

        Assert.Equal(ErrorCode.Forbidden, SideFile.WriteInvite(folder, "secret").Error!.Code);
        Assert.Equal([Name], disk.FilesIn(FaultyFolder.Folder));
    }

    [Fact]
    public void A_full_disk_leaves_the_file_as_it_was()
    {
        FaultyDisk disk = DiskWith(Before);
        disk.CapacityBytes = disk.TakenBytes + 4;
        using var folder = new FaultyFolder(disk, canExchange: true);

        Assert.Throws<DiskFullException>(() => Writer.Write(folder, Name, "Hutch", Values));

        Assert.Equal(Before, Text(disk));
    }

    [Fact]
    public void A_file_that_is_no_YAML_is_not_touched()
    {
        FaultyDisk disk = DiskWith("A: [1\n");
        using var folder = new FaultyFolder(disk, canExchange: true);

        Assert.Equal(ErrorCode.Unprocessable, Writer.Write(folder, Name, "Hutch", Values).Error!.Code);
        Assert.Equal("A: [1\n", Text(disk));
    }

    [Fact]
    public void A_file_truncated_during_a_save_is_not_changed()
    {
        FaultyDisk disk = DiskWith("");
        using var folder = new FaultyFolder(disk, canExchange: true);

        Assert.Equal(ErrorCode.Unavailable, Writer.Write(folder, Name, "Hutch", Values).Error!.Code);
        Assert.Equal("", Text(disk));
        Assert.Equal([Name], disk.FilesIn(FaultyFolder.Folder));
    }

    private static void Save(FaultyDisk disk, string text, bool inPlace)
    {
        if (inPlace && disk.FileExists(At(Name)))
        {
            using IDiskFile file = disk.Open(At(Name), DiskAccess.ReadWrite);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(text), 0);
            return;
        }

        disk.Delete(At("editor~"));
        using (IDiskFile file = disk.Open(At("editor~"), DiskAccess.CreateNew))
        {
            file.Write(Encoding.UTF8.GetBytes(text), 0);
        }

        disk.Rename(At("editor~"), At(Name));
    }

    private static FaultyDisk DiskWith(string text)
    {
        var disk = new FaultyDisk();
        disk.CreateFolder(FaultyFolder.Folder);
        using (IDiskFile file = disk.Open(At(Name), DiskAccess.CreateNew))
        {
            file.Write(Encoding.UTF8.GetBytes(text), 0);
            file.Sync();
        }

        foreach (string folder in (string[])[FaultyFolder.Folder, "/data", "/"])
        {
            disk.SyncFolder(folder);
        }

        return disk;
    }

    private static string Text(FaultyDisk disk) => Encoding.UTF8.GetString(disk.ReadFile(At(Name)));

    private static string At(string name) => $"{FaultyFolder.Folder}/{name}";
}
