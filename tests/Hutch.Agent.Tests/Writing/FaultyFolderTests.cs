using FsCheck;
using FsCheck.Fluent;
using Hutch.Agent.Writing;
using Hutch.Disk.Faults;

namespace Hutch.Agent.Tests.Writing;

/// <summary>The folder of the tests does what a real one does: else what they show of crashes would be true of nothing.</summary>
public sealed class FaultyFolderTests
{
    private const int MaxBytes = 8;

    private static readonly string[] Names = ["SPA.yml", ".hutch-a", ".hutch-b"];

    [Fact]
    public void It_answers_every_call_as_a_real_folder_does() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), calls =>
    {
        var disk = new FaultyDisk();
        disk.CreateFolder(FaultyFolder.Folder);
        using var twin = new FaultyFolder(disk, canExchange: true);
        string path = Directory.CreateTempSubdirectory("agent-").FullName;
        using (var real = MetadataFolder.Open(path))
        {
            for (int i = 0; i + 2 < calls.Length; i += 3)
            {
                (string name, string other) = (Names[calls[i + 1] % 3], Names[calls[i + 2] % 3]);
                string wanted = Answer(real, calls[i] % 8, name, other, i);
                Assert.True(wanted == Answer(twin, calls[i] % 8, name, other, i), $"call {calls[i] % 8} of '{name}' and '{other}': {wanted}");
                Assert.Equal(Contents(real), Contents(twin));
            }
        }

        Directory.Delete(path, recursive: true);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(120));

    private static string Answer(IMetadataFolder folder, int call, string name, string other, int number)
    {
        byte[] bytes = new byte[number % (MaxBytes + 4)];
        bytes.AsSpan().Fill((byte)number);
        try
        {
            switch (call)
            {
                case 0: return Text(folder.Read(name, MaxBytes));
                case 1: return string.Join(' ', folder.Names(".hutch-").Order(StringComparer.Ordinal));
                case 2: return $"{folder.TryMakeLike(name, bytes, other)}";
                case 3: return $"{folder.TryMake(name, bytes, 0x180)}";
                case 4: return $"{folder.TryExchange(name, other)}";
                case 5: return $"{folder.TryRenameNew(name, other)}";
                case 6: folder.Replace(name, other); return "replaced";
                default: folder.Delete(name); folder.Sync(); return "deleted";
            }
        }
        catch (IOException)
        {
            return "failed";
        }
    }

    private static string Contents(IMetadataFolder folder) => string.Join(
        ' ', folder.Names("").Order(StringComparer.Ordinal).Select(name => name + "=" + Text(folder.Read(name, 100))));

    private static string Text(byte[]? bytes) => bytes is null ? "none" : "'" + Convert.ToHexStringLower(bytes) + "'";
}
