using System.Text;
using System.Text.Json;
using Hutch.Model;
using Hutch.S3.Operations;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>
/// Every operation of the table, asked by everybody who may not: with too little right, with a key too narrow, for another dataset, without a
/// key. None is forgotten: an operation without a sample fails the test.
/// </summary>
public sealed class RightsTests : IAsyncLifetime
{
    private const string Tags = "<Tagging><TagSet><Tag><Key>evil</Key><Value>1</Value></Tag></TagSet></Tagging>";
    private const string Rule = "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
    private const string Cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
    private const string Encryption =
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
        + "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";

    private const string Delete = "<Delete><Object><Key>x</Key></Object></Delete>";

    private static readonly Dictionary<string, Sample> Samples = new()
    {
        ["HeadBucket"] = new(Rights.View, "HEAD", ""),
        ["DeleteBucket"] = new(Rights.Manage, "DELETE", ""),
        ["ListObjectsV2"] = new(Rights.Read, "GET", "?list-type=2"),
        ["ListObjects"] = new(Rights.Read, "GET", ""),
        ["ListObjectVersions"] = new(Rights.Read, "GET", "?versions"),
        ["DeleteObjects"] = new(Rights.Write, "POST", "?delete", Delete),
        ["GetBucketLocation"] = new(Rights.View, "GET", "?location"),
        ["GetBucketVersioning"] = new(Rights.View, "GET", "?versioning"),
        ["GetBucketAcl"] = new(Rights.View, "GET", "?acl"),
        ["PutBucketAcl"] = new(Rights.Manage, "PUT", "?acl", "", ("x-amz-acl", "public-read")),
        ["GetBucketPolicyStatus"] = new(Rights.View, "GET", "?policyStatus"),
        ["GetBucketPolicy"] = new(Rights.View, "GET", "?policy"),
        ["GetBucketRequestPayment"] = new(Rights.View, "GET", "?requestPayment"),
        ["GetBucketLogging"] = new(Rights.View, "GET", "?logging"),
        ["GetBucketNotificationConfiguration"] = new(Rights.View, "GET", "?notification"),
        ["GetBucketAccelerateConfiguration"] = new(Rights.View, "GET", "?accelerate"),
        ["GetBucketEncryption"] = new(Rights.View, "GET", "?encryption"),
        ["PutBucketEncryption"] = new(Rights.Manage, "PUT", "?encryption", Encryption),
        ["DeleteBucketEncryption"] = new(Rights.Manage, "DELETE", "?encryption"),
        ["DeleteBucketPolicy"] = new(Rights.Manage, "DELETE", "?policy"),
        ["DeletePublicAccessBlock"] = new(Rights.Manage, "DELETE", "?publicAccessBlock"),
        ["DeleteBucketOwnershipControls"] = new(Rights.Manage, "DELETE", "?ownershipControls"),
        ["DeleteBucketWebsite"] = new(Rights.Manage, "DELETE", "?website"),
        ["DeleteBucketReplication"] = new(Rights.Manage, "DELETE", "?replication"),
        ["GetBucketWebsite"] = new(Rights.View, "GET", "?website"),
        ["GetBucketReplication"] = new(Rights.View, "GET", "?replication"),
        ["GetBucketOwnershipControls"] = new(Rights.View, "GET", "?ownershipControls"),
        ["GetPublicAccessBlock"] = new(Rights.View, "GET", "?publicAccessBlock"),
        ["GetObjectLockConfiguration"] = new(Rights.View, "GET", "?object-lock"),
        ["PutObject"] = new(Rights.Write, "PUT", "/x", "evil"),
        ["CopyObject"] = new(Rights.Write, "PUT", "/copy", "", ("x-amz-copy-source", "/admin.box/x")),
        ["GetObject"] = new(Rights.Read, "GET", "/x"),
        ["HeadObject"] = new(Rights.Read, "HEAD", "/x"),
        ["DeleteObject"] = new(Rights.Write, "DELETE", "/x"),
        ["GetObjectAcl"] = new(Rights.Read, "GET", "/x?acl"),
        ["PutObjectAcl"] = new(Rights.Manage, "PUT", "/x?acl", "", ("x-amz-acl", "private")),
        ["GetObjectAttributes"] = new(Rights.Read, "GET", "/x?attributes", null, ("x-amz-object-attributes", "ETag")),
        ["GetObjectTagging"] = new(Rights.Read, "GET", "/x?tagging"),
        ["PutObjectTagging"] = new(Rights.Write, "PUT", "/x?tagging", Tags),
        ["DeleteObjectTagging"] = new(Rights.Write, "DELETE", "/x?tagging"),
        ["GetBucketTagging"] = new(Rights.View, "GET", "?tagging"),
        ["PutBucketTagging"] = new(Rights.Manage, "PUT", "?tagging", Tags),
        ["DeleteBucketTagging"] = new(Rights.Manage, "DELETE", "?tagging"),
        ["GetBucketLifecycleConfiguration"] = new(Rights.View, "GET", "?lifecycle"),
        ["PutBucketLifecycleConfiguration"] = new(Rights.Manage, "PUT", "?lifecycle", Rule),
        ["DeleteBucketLifecycle"] = new(Rights.Manage, "DELETE", "?lifecycle"),
        ["GetBucketCors"] = new(Rights.View, "GET", "?cors"),
        ["PutBucketCors"] = new(Rights.Manage, "PUT", "?cors", Cors),
        ["DeleteBucketCors"] = new(Rights.Manage, "DELETE", "?cors"),
        ["CreateMultipartUpload"] = new(Rights.Write, "POST", "/evil?uploads"),
        ["UploadPartCopy"] = new(Rights.Write, "PUT", "/parts?partNumber=2&uploadId={upload}", "", ("x-amz-copy-source", "/admin.box/x")),
        ["UploadPart"] = new(Rights.Write, "PUT", "/parts?partNumber=1&uploadId={upload}", "evil"),
        ["ListParts"] = new(Rights.Write, "GET", "/parts?uploadId={upload}"),
        ["ListMultipartUploads"] = new(Rights.Write, "GET", "?uploads"),
        ["CompleteMultipartUpload"] = new(
            Rights.Write, "POST", "/parts?uploadId={upload}",
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>"),
        ["AbortMultipartUpload"] = new(Rights.Write, "DELETE", "/parts?uploadId={upload}"),
    };

    // Operations without a bucket, or from browsers without a key, are tested with buckets; restores with nearline storage.
    private static readonly HashSet<string> Elsewhere = ["PostObject", "ListBuckets", "CreateBucket", "Preflight", "RestoreObject"];

    private TestDoor _door = null!;
    private string _upload = "";
    private string _tag = "";

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await TestDoor.StartAsync();
        (await Admin.PutAsync("/other")).Must(200);
        await MakeBoxAsync();
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_key_of_a_member_writes_until_the_visit_ends_and_reads_afterwards()
    {
        await using TestDoor door = await TestDoor.StartAsync();
        S3Caller ann = await door.UserAsync("ann");
        var visit = new { name = "cm1-1", proposal = "cm1", begin = "2026-01-01", end = "2090-01-01", people = new[] { new { user = "ann" } } };
        await door.RestAsync(HttpMethod.Post, "visits", visit);
        (await ann.PutAsync("/cm1-1.box")).Must(200);
        (await ann.PutAsync("/cm1-1.box/x", "before")).Must(200);
        string upload = (await ann.PostAsync("/cm1-1.box/big?uploads")).Must(200).First("UploadId")!;
        string tag = (await ann.PutAsync($"/cm1-1.box/big?partNumber=1&uploadId={upload}", "part")).Must(200).ETag!;

        await door.RestAsync(HttpMethod.Post, "visits/cm1-1/end");

        string parts = $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>";
        (await ann.PutAsync("/cm1-1.box/x", "after")).MustRefuse(403, "AccessDenied");
        (await ann.DeleteAsync("/cm1-1.box/x")).MustRefuse(403, "AccessDenied");
        (await ann.PutAsync("/cm1-1.box/y", "", ("x-amz-copy-source", "/cm1-1.box/x"))).MustRefuse(403, "AccessDenied");
        (await ann.PutAsync($"/cm1-1.box/big?partNumber=2&uploadId={upload}", "part")).MustRefuse(403, "AccessDenied");
        (await ann.PostAsync($"/cm1-1.box/big?uploadId={upload}", parts)).MustRefuse(403, "AccessDenied");
        (await ann.PutAsync("/cm1-1.late")).Must(409);
        Assert.Equal("before", Encoding.UTF8.GetString((await ann.GetAsync("/cm1-1.box/x")).Must(200).Body));
    }

    [Fact]
    public void Each_operation_that_there_is_has_a_sample() => Assert.Equal(
        OperationTable.Create().All.Where(operation => operation.Run is not null).Select(operation => operation.Name).Distinct().Except(Elsewhere).Order(),
        Samples.Keys.Order());

    [Fact]
    public async Task Callers_without_the_required_right_are_refused_at_every_operation_and_nothing_changes()
    {
        S3Caller stranger = await _door.UserAsync("stranger");
        Dictionary<Rights, S3Caller> people = [];
        foreach (Rights right in (Rights[])[Rights.View, Rights.Read, Rights.Derive, Rights.Write])
        {
            people[right] = await GrantedAsync(right);
        }

        S3Caller elsewhere = await _door.KeyAsync(_door.AdminToken, new { s3 = true, dataset = "other" });
        string before = await StateAsync();
        foreach ((string name, Sample sample) in Samples)
        {
            await MustBeRefusedAsync(name, sample, _door.Nobody, "nobody", 403);
            await MustBeRefusedAsync(name, sample, stranger, "a stranger", 404);
            await MustBeRefusedAsync(name, sample, elsewhere, "a key for another dataset", 404);
            foreach ((Rights right, S3Caller person) in people.Where(pair => pair.Key < sample.Needs))
            {
                await MustBeRefusedAsync(name, sample, person, $"who may {right}", 403);
            }

            if (sample.Scope is { } scope)
            {
                string[] others = [.. ((string[])["read", "write", "manage"]).Where(one => one != scope)];
                S3Caller narrow = await _door.KeyAsync(_door.AdminToken, new { s3 = true, scopes = others });
                await MustBeRefusedAsync(name, sample, narrow, $"a key without the scope {scope}", 403);
            }
        }

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task The_minimum_right_suffices_for_every_operation()
    {
        foreach ((string name, Sample sample) in Samples)
        {
            S3Caller person = await GrantedAsync(sample.Needs);

            S3Answer answer = await SendAsync(sample, person);

            // Configurations that there are not are 404, but never for want of a right.
            Assert.False(answer.Status is 403 || answer.Error is "NoSuchBucket", $"{name}: {answer.Status} {answer.Text}");
            await MakeBoxAsync();
        }
    }

    [Fact]
    public async Task What_answers_NotImplemented_answers_it_to_everybody_and_does_nothing()
    {
        string before = await StateAsync();
        foreach (S3Operation operation in OperationTable.Create().All.Where(operation => operation.Run is null))
        {
            string target = (operation.Scope == OperationScope.Object ? "/box/x" : "/box") + (operation.Mark is null ? "" : "?" + operation.Mark);
            S3Answer answer = (await Admin.SendAsync(operation.Method, target, [])).MustRefuse(501, "NotImplemented");
            Assert.Contains(operation.Name, answer.First("Message"), StringComparison.Ordinal);
        }

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>The right of a form is that of the signer of its policy.</summary>
    [Fact]
    public async Task A_form_is_taken_if_its_signer_may_write()
    {
        S3Caller stranger = await _door.UserAsync("stranger"), reader = await GrantedAsync(Rights.Read), writer = await GrantedAsync(Rights.Write);
        S3Caller narrow = await _door.KeyAsync(_door.AdminToken, new { s3 = true, scopes = new[] { "read" } });
        string before = await StateAsync();

        (await PostAsync(stranger)).MustRefuse(404, "NoSuchBucket");
        (await PostAsync(reader)).MustRefuse(403, "AccessDenied");
        (await PostAsync(narrow)).MustRefuse(403, "AccessDenied");
        Assert.Equal(before, await StateAsync());
        (await PostAsync(writer)).Must(204);

        Task<S3Answer> PostAsync(S3Caller signer) => _door.Nobody.SendAsync(FormTests.Request(
            _door, FormTests.Form(signer, "admin.box", """["eq","$key","form"]""", "x", 600, ("key", "form")), "/admin.box"));
    }

    [Fact]
    public async Task Nothing_is_copied_from_where_one_may_not_read()
    {
        S3Caller stranger = await _door.UserAsync("stranger");
        (await stranger.PutAsync("/mine")).Must(200);
        string upload = (await stranger.PostAsync("/mine/parts?uploads")).Must(200).First("UploadId")!;
        S3Caller viewer = await GrantedAsync(Rights.View);
        (await viewer.PutAsync("/mine")).Must(200);

        (await stranger.PutAsync("/mine/x", "", ("x-amz-copy-source", "/admin.box/x"))).MustRefuse(404, "NoSuchBucket");
        (await stranger.PutAsync($"/mine/parts?partNumber=1&uploadId={upload}", "", ("x-amz-copy-source", "/admin.box/x"))).MustRefuse(404, "NoSuchBucket");
        (await viewer.PutAsync("/mine/x", "", ("x-amz-copy-source", "/admin.box/x"))).MustRefuse(403, "AccessDenied");

        Assert.Empty((await stranger.GetAsync("/mine?list-type=2")).All("Key"));
    }

    [Fact]
    public async Task An_upload_is_found_only_where_it_was_begun()
    {
        S3Caller stranger = await _door.UserAsync("stranger");
        (await stranger.PutAsync("/mine")).Must(200);

        (await stranger.PutAsync($"/mine/parts?partNumber=1&uploadId={_upload}", "evil")).MustRefuse(404, "NoSuchUpload");
        (await stranger.GetAsync($"/mine/parts?uploadId={_upload}")).MustRefuse(404, "NoSuchUpload");
        (await stranger.DeleteAsync($"/mine/parts?uploadId={_upload}")).MustRefuse(404, "NoSuchUpload");

        Assert.Equal(["1"], (await Admin.GetAsync($"/box/parts?uploadId={_upload}")).Must(200).All("PartNumber"));
    }

    private async Task MustBeRefusedAsync(string name, Sample sample, S3Caller caller, string who, int status)
    {
        S3Answer answer = await SendAsync(sample, caller);
        bool isRefused = name == "DeleteObjects" && answer.Status == 200

            // As at AWS, each key is refused for itself.
            ? answer.All("Code") is ["AccessDenied"] && answer.All("Deleted").Length == 0
            : answer.Status == status && (sample.Method == "HEAD" || answer.Error is "AccessDenied" or "NoSuchBucket");
        Assert.True(isRefused, $"{name} by {who}: {answer.Status} {answer.Text}");
    }

    private Task<S3Answer> SendAsync(Sample sample, S3Caller caller)
    {
        string Filled(string text) => text.Replace("{upload}", _upload, StringComparison.Ordinal).Replace("{tag}", _tag, StringComparison.Ordinal);
        byte[]? body = sample.Body is null ? null : Encoding.UTF8.GetBytes(Filled(sample.Body));
        return caller.SendAsync(sample.Method, "/admin.box" + Filled(sample.Target), body, sample.Headers);
    }

    /// <summary>The bucket as it was, whatever was done to it.</summary>
    private async Task MakeBoxAsync()
    {
        if ((await Admin.HeadAsync("/box")).Status == 404)
        {
            (await Admin.PutAsync("/box")).Must(200);
        }

        (await Admin.PutAsync("/box/x", "secret")).Must(200);
        _upload = (await Admin.PostAsync("/box/parts?uploads")).Must(200).First("UploadId")!;
        _tag = (await Admin.PutAsync($"/box/parts?partNumber=1&uploadId={_upload}", "part")).Must(200).ETag;
    }

    private async Task<S3Caller> GrantedAsync(Rights right)
    {
        string name = $"user{Guid.NewGuid():N}"[..12];
        S3Caller person = await _door.UserAsync(name);
        string id = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box")).RootElement.GetProperty("id").GetString()!;
        await _door.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:{name}", new { right = right.ToString().ToLowerInvariant() });
        return person;
    }

    /// <summary>All that could have been changed, in one text.</summary>
    private async Task<string> StateAsync()
    {
        var state = new StringBuilder();
        foreach (string target in (string[])
            [
                "?list-type=2", "?tagging", "?lifecycle", "?cors", "?uploads", "?policyStatus", "/x?tagging", $"/parts?uploadId={_upload}",
            ])
        {
            S3Answer answer = await Admin.GetAsync("/box" + target);
            state.AppendLine(answer.Status < 300 ? answer.Text : answer.Error);
        }

        return state.ToString();
    }

    /// <summary>A request for an operation, and the right that it needs.</summary>
    private sealed record Sample(Rights Needs, string Method, string Target, string? Body = null, params (string, string)[] Headers)
    {
        /// <summary>The scope that a key needs for it.</summary>
        public string? Scope => Needs switch
        {
            Rights.View or Rights.Read => "read",
            Rights.Write => "write",
            Rights.Manage => "manage",
            _ => null,
        };
    }
}
