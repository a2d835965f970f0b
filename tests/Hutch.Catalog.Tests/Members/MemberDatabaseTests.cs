using Hutch.Catalog.Members;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Catalog.Tests.Members;

public sealed class MemberDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Damage_that_is_met_is_refused_with_words_and_the_next_start_makes_it_anew()
    {
        await using (Open())
        {
        }

        await using (MemberDatabase damaged = Open())
        {
            byte[] bytes = LocalDisk.Instance.ReadAllBytes(_folder[MemberDatabase.FileName], 1 << 20);
            for (int page = 4096; page < bytes.Length; page += 4096)
            {
                bytes[page + 4000] ^= 1;
            }

            File.WriteAllBytes(_folder[MemberDatabase.FileName], bytes);

            HutchException met = Assert.Throws<HutchException>(() => damaged.Read(static queries => queries.IsDamaged(new MemberWords(0, 1, 2, 3, 4))));

            Assert.Equal(ErrorCode.Unavailable, met.Error.Code);
            Assert.Contains("restart the server", met.Message, StringComparison.Ordinal);
        }

        await using MemberDatabase anew = Open();
        Assert.False(anew.Read(static queries => queries.IsDamaged(new MemberWords(0, 1, 2, 3, 4))));
        Assert.Equal([_folder[MemberDatabase.FileName], _folder[MemberDatabase.FileName + "-wal"]], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    private MemberDatabase Open() => MemberDatabase.Open(LocalDisk.Instance, _folder.Path, TimeProvider.System);
}
