using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Hutch.Api.Http;
using Hutch.Model;
using Hutch.Model.Memory;

namespace Hutch.Api.Tests.Load;

/// <summary>Metadata documents take a counted part of the memory, and one account half of it (C6).</summary>
public sealed class DocumentMemoryTests
{
    private static readonly ApiOptions Limits = new() { MaxMetadataKeys = 1000 };

    private readonly DocumentMemory _memory;
    private string _user = "ada";

    public DocumentMemoryTests() => _memory = new DocumentMemory(16 << 20, () => _user);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_with_too_many_keys_is_refused_with_the_bound_and_takes_no_memory()
    {
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(WithKeys(1001)));
        (JsonElement accepted, CountedMemory.Share share) = await ReadAsync(WithKeys(1000));

        Assert.Equal(ErrorCode.TooLarge, refused.Error.Code);
        Assert.StartsWith("The document has 1001 keys; the limit is 1000.", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, accepted.EnumerateObject().Count());
        share.Dispose();
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public async Task A_document_that_takes_more_than_an_account_may_have_is_refused_with_the_bound()
    {
        HutchException refused = await Assert.ThrowsAsync<HutchException>(
            () => ReadAsync("{\"list\":[" + string.Join(',', Enumerable.Repeat('1', 200_000)) + "]}"));

        Assert.Equal(ErrorCode.TooLarge, refused.Error.Code);
        Assert.Contains("the limit of an account is 8 MiB. An operator can raise it: 'api.documentMegabytes'.", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public async Task One_account_stores_large_documents_one_by_one_and_another_need_not_wait()
    {
        string large = "{\"text\":\"" + new string('x', 900_000) + "\"}";
        (_, CountedMemory.Share first) = await ReadAsync(large);

        Task<(JsonElement, CountedMemory.Share)> second = ReadAsync(large);
        _user = "bob";
        (_, CountedMemory.Share other) = await ReadAsync(large);
        bool waits = !second.IsCompleted;
        first.Dispose();
        (_, CountedMemory.Share later) = await second;

        Assert.True(waits);
        other.Dispose();
        later.Dispose();
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public async Task Invalid_JSON_releases_its_memory()
    {
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReadAsync("{\"a\":"));

        Assert.Equal(ErrorCode.InvalidBody, refused.Error.Code);
        Assert.Equal(0, _memory.UsedBytes);
    }

    private static string WithKeys(int keys) =>
        "{" + string.Join(',', Enumerable.Range(0, keys).Select(static i => $"\"k{i}\":{i}")) + "}";

    private Task<(JsonElement Document, CountedMemory.Share Share)> ReadAsync(string json) => JsonBody.ReadDocumentAsync(
        PipeReader.Create(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json))), Limits, _memory, Ct);
}
