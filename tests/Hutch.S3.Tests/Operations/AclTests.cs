using System.Text.Json;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>Access control lists, as far as a dataset has what they say; and what there is nothing of to delete.</summary>
public sealed class AclTests : IAsyncLifetime
{
    private const string Everybody = "http://acs.amazonaws.com/groups/global/AllUsers";

    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    private S3Caller Nobody => _door.Nobody;

    public async ValueTask InitializeAsync()
    {
        _door = await TestDoor.StartAsync();
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "1")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task Public_read_on_a_bucket_is_the_share_with_everybody_and_private_ends_it()
    {
        (await Nobody.GetAsync("/admin.box/x")).MustRefuse(403, "AccessDenied");
        Assert.DoesNotContain(Everybody, (await Admin.GetAsync("/box?acl")).All("URI"));

        (await Admin.PutAsync("/box?acl", "", ("x-amz-acl", "public-read"))).Must(200);

        Assert.Equal("1", (await Nobody.GetAsync("/admin.box/x")).Must(200).Text);
        Assert.Contains(Everybody, (await Admin.GetAsync("/box?acl")).All("URI"));
        Assert.Contains(Everybody, (await Admin.GetAsync("/box/x?acl")).All("URI"));
        Assert.Equal("true", (await Admin.GetAsync("/box?policyStatus")).First("IsPublic"));
        (await Admin.PutAsync("/box?acl", "", ("x-amz-acl", "private"))).Must(200);
        (await Nobody.GetAsync("/admin.box/x")).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task A_list_may_be_sent_whole()
    {
        string owner = "<Grant><Grantee><ID>admin</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>";
        string everybody = $"<Grant><Grantee><URI>{Everybody}</URI></Grantee><Permission>READ</Permission></Grant>";

        (await Admin.PutAsync("/box?acl", Policy(owner + everybody))).Must(200);
        Assert.Equal("1", (await Nobody.GetAsync("/admin.box/x")).Must(200).Text);
        (await Admin.PutAsync("/box?acl", Policy(owner + everybody.Replace("READ", "WRITE", StringComparison.Ordinal)))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box?acl", Policy(owner.Replace("admin", "berta", StringComparison.Ordinal)))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box?acl", Policy("<Grant/>"))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box?acl")).MustRefuse(400, "InvalidRequest");
        Assert.Equal("1", (await Nobody.GetAsync("/admin.box/x")).Must(200).Text);
        (await Admin.PutAsync("/box?acl", (await Admin.GetAsync("/box?acl")).Body)).Must(200);
        Assert.Equal("1", (await Nobody.GetAsync("/admin.box/x")).Must(200).Text);
        (await Admin.PutAsync("/box/x?acl", Policy(owner))).Must(200);
        (await Admin.PutAsync("/box/x?acl", Policy(owner + everybody))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box?acl", Policy(owner))).Must(200);
        (await Nobody.GetAsync("/admin.box/x")).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task A_new_bucket_may_be_public()
    {
        (await Admin.PutAsync("/open", "", ("x-amz-acl", "public-read"))).Must(200);
        (await Admin.PutAsync("/shut", "", ("x-amz-acl", "private"))).Must(200);
        (await Admin.PutAsync("/open/x", "1", ("x-amz-acl", "private"))).Must(200);

        Assert.Equal("1", (await Nobody.GetAsync("/admin.open/x")).Must(200).Text);
        (await Nobody.GetAsync("/admin.shut?list-type=2")).MustRefuse(403, "AccessDenied");
        (await Admin.PutAsync("/other", "", ("x-amz-acl", "public-read-write"))).MustRefuse(501, "NotImplemented");
        (await Admin.HeadAsync("/other")).Must(404);
    }

    [Theory]
    [InlineData("x-amz-acl", "public-read")]
    [InlineData("x-amz-acl", "public-read-write")]
    [InlineData("x-amz-acl", "authenticated-read")]
    [InlineData("x-amz-grant-read", "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"")]
    public async Task An_object_has_the_rights_of_its_bucket(string header, string value)
    {
        (await Admin.PutAsync("/box/y", "1", (header, value))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box/x?acl", "", (header, value))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box/y", "", ("x-amz-copy-source", "/box/x"), (header, value))).MustRefuse(501, "NotImplemented");
        (await Admin.PostAsync("/box/y?uploads", "", (header, value))).MustRefuse(501, "NotImplemented");
        (await Admin.HeadAsync("/box/y")).Must(404);

        (await Admin.PutAsync("/box/x?acl", "", ("x-amz-acl", "private"))).Must(200);
        (await Admin.PutAsync("/box/none?acl", "", ("x-amz-acl", "private"))).MustRefuse(404, "NoSuchKey");
        Assert.Equal("1", (await Admin.GetAsync("/box/x")).Text);
    }

    [Fact]
    public async Task Changing_the_ACL_or_policy_of_a_bucket_requires_the_right_manage()
    {
        S3Caller berta = await _door.UserAsync("berta");
        using var found = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box"));
        string id = found.RootElement.GetProperty("id").GetString()!;
        await _door.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:berta", new { right = "write" });

        (await berta.PutAsync("/admin.box/y", "2", ("x-amz-acl", "private"))).Must(200);
        (await berta.PutAsync("/admin.box?acl", "", ("x-amz-acl", "public-read"))).MustRefuse(403, "AccessDenied");
        (await berta.DeleteAsync("/admin.box?policy")).MustRefuse(403, "AccessDenied");
        (await Nobody.PutAsync("/admin.box?acl", "", ("x-amz-acl", "public-read"))).MustRefuse(403, "AccessDenied");
        (await Nobody.GetAsync("/admin.box/x")).MustRefuse(403, "AccessDenied");
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("publicAccessBlock")]
    [InlineData("ownershipControls")]
    [InlineData("encryption")]
    [InlineData("website")]
    [InlineData("replication")]
    public async Task Deleting_a_bucket_configuration_that_is_never_set_succeeds(string what)
    {
        (await Admin.DeleteAsync("/box?" + what)).Must(204);

        (await Admin.DeleteAsync("/none?" + what)).MustRefuse(404, "NoSuchBucket");
        Assert.Equal("1", (await Admin.GetAsync("/box/x")).Must(200).Text);
    }

    private static string Policy(string grants) =>
        $"<AccessControlPolicy><Owner><ID>admin</ID></Owner><AccessControlList>{grants}</AccessControlList></AccessControlPolicy>";
}
