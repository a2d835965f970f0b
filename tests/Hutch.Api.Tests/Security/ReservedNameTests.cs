using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;
using Hutch.Model;

namespace Hutch.Api.Tests.Security;

public sealed class ReservedNameTests
{
    [Theory]
    [InlineData(".hutch")]
    [InlineData(".hutch/config")]
    [InlineData(".HuTcH/virtual/x")]
    public async Task Nothing_is_written_where_working_directories_keep_their_own_files(string path)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("own");
        byte[] blob = Blobs.Random(1, 100);
        string push = await PushTests.StartAsync(ada, id);

        (await ada.PutAsync($"datasets/{id}/entries/{path}", "x")).MustRefuse(400, "invalid-path");
        (await ada.PutAsync($"datasets/{id}/entries/{path}", "x", ("Content-Type", HutchMediaTypes.Link))).MustRefuse(400, "invalid-path");
        (await ada.PutAsync($"datasets/{id}/entries/{path}", "", ("Content-Type", HutchMediaTypes.Directory))).MustRefuse(400, "invalid-path");
        (await ada.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(blob))).Must(200);
        Answer refused = await PushTests.CommitAsync(ada, push, null, PushTests.Put(path, blob));

        refused.MustRefuse(400, "invalid-path");
        Assert.Contains("is reserved: '.hutch' at the top of a dataset is for Hutch's own files", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await ada.GetAsync($"datasets/{id}/entries/{path}")).MustRefuse(404, "not-found");
        Assert.Empty((await ada.GetAsync($"datasets/{id}/tree")).Must(200).Json.GetProperty("items").EnumerateArray());
    }
}
