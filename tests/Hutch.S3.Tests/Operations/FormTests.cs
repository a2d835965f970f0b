using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>Uploads by HTML forms, whose policy is signed: clients' review 6.</summary>
public sealed class FormTests(SharedDoor shared) : IClassFixture<SharedDoor>
{
    private const string Boundary = "----form";

    [Fact]
    public async Task A_form_puts_an_object_with_its_fields_as_headers()
    {
        await using TestDoor door = await BoxAsync();

        S3Answer posted = await PostAsync(
            door, """["starts-with","$key","in/"],["starts-with","$Content-Type",""],{"x-amz-meta-who":"ada"},["content-length-range",1,100]""", "the file",
            ("key", "in/${filename}"), ("Content-Type", "text/plain"), ("x-amz-meta-who", "ada"));

        Assert.Equal($"{door.S3.GetLeftPart(UriPartial.Authority)}/box/in/a%20b.txt", posted.Must(204).Headers["Location"]);
        S3Answer got = (await door.Admin.GetAsync("/box/in/a%20b.txt")).Must(200);
        Assert.Equal(("the file", "text/plain", "ada"), (got.Text, got.Headers["Content-Type"], got.Headers["x-amz-meta-who"]));
        Assert.Equal(posted.ETag, got.ETag);
    }

    [Fact]
    public async Task Tags_are_a_document_as_in_PutObjectTagging()
    {
        await using TestDoor door = await BoxAsync();
        const string Any = """["eq","$key","a"],["starts-with","$tagging",""]""";
        static string Tag(string key, string value) => $"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>";
        string tags = $"<Tagging><TagSet>{Tag("a b&amp;c=", "1+1=2 µ")}{Tag("x", "")}</TagSet></Tagging>";

        (await PostAsync(door, Any, "x", ("key", "a"), ("tagging", tags))).Must(204);

        S3Answer got = (await door.Admin.GetAsync("/box/a?tagging")).Must(200);
        Assert.Equal(["a b&c=", "x"], got.All("Key"));
        Assert.Equal(["1+1=2 µ", ""], got.All("Value"));
        (await PostAsync(door, Any, "x", ("key", "a"), ("tagging", "x=1"))).MustRefuse(400, "MalformedXML");
        (await PostAsync(door, Any, "x", ("key", "a"), ("tagging", $"<Tagging><TagSet>{Tag("", "1")}</TagSet></Tagging>"))).MustRefuse(400, "InvalidTag");
        (await PostAsync(door, """["eq","$key","a"]""", "x", ("key", "a"), ("tagging", tags))).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task The_answer_is_as_the_form_asks()
    {
        await using TestDoor door = await BoxAsync();
        const string Any = """["starts-with","$key",""],["starts-with","$success_action_status",""],["starts-with","$success_action_redirect",""]""";

        S3Answer created = await PostAsync(door, Any, "x", ("key", "a"), ("success_action_status", "201"));
        S3Answer page = await PostAsync(door, Any, "x", ("key", "b c"), ("success_action_redirect", "https://lab.example/done?run=7"));
        S3Answer script = await PostAsync(door, Any, "x", ("key", "c"), ("success_action_redirect", "javascript:alert(1)"));
        S3Answer plain = await PostAsync(door, Any, "x", ("key", "d"), ("success_action_status", "200"));

        Assert.Equal(("box", "a"), (created.Must(201).First("Bucket"), created.First("Key")));
        Assert.Equal(
            $"https://lab.example/done?run=7&bucket=box&key=b%20c&etag={Uri.EscapeDataString(created.First("ETag")!)}", page.Must(303).Headers["Location"]);
        script.Must(204);
        plain.Must(200);
    }

    [Theory]
    [InlineData("""["eq","$key","a"],["content-length-range",0,3]""", "1234", 400, "EntityTooLarge")]
    [InlineData("""["eq","$key","a"],["content-length-range",5,9]""", "1234", 400, "EntityTooSmall")]
    [InlineData("""["eq","$key","b"]""", "1234", 403, "AccessDenied")]
    [InlineData("""["starts-with","$key","b/"]""", "1234", 403, "AccessDenied")]
    [InlineData("""{"x-amz-meta-a":"1"},["starts-with","$key",""]""", "1234", 403, "AccessDenied")]
    [InlineData("", "1234", 403, "AccessDenied")]
    [InlineData("""["like","$key","a"]""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""["eq","$key"]""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""["eq",1,2]""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""7""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""["starts-with","$key",null]""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""[null,"$key","a"]""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""{"key":null}""", "1234", 400, "InvalidPolicyDocument")]
    [InlineData("""["content-length-range","0","99999999999999999999"]""", "1234", 400, "InvalidPolicyDocument")]
    public async Task What_a_policy_does_not_allow_is_refused_and_not_stored(string conditions, string file, int status, string code)
    {
        await using TestDoor door = await BoxAsync();

        (await PostAsync(door, conditions, file, ("key", "a"))).MustRefuse(status, code);

        (await door.Admin.HeadAsync("/box/a")).Must(404);
    }

    [Fact]
    public async Task Form_fields_without_a_condition_and_unsigned_headers_set_no_metadata()
    {
        await using TestDoor door = await BoxAsync();
        const string Key = """["eq","$key","a"]""";

        S3Answer extra = await PostAsync(door, Key, "x", ("key", "a"), ("x-amz-meta-b", "1"));
        Assert.Contains("Extra input fields: 'x-amz-meta-b'", extra.MustRefuse(403, "AccessDenied").First("Message"), StringComparison.Ordinal);
        (await PostAsync(door, Key, "x", ("key", "a"), ("x-ignore-b", "1"))).Must(204);
        using HttpRequestMessage request = Request(door, Form(door, Key, "x", 600, ("key", "a")));
        request.Headers.Add("x-amz-meta-b", "1");
        (await door.Nobody.SendAsync(request)).Must(204);

        Assert.False((await door.Admin.HeadAsync("/box/a")).Must(200).Headers.ContainsKey("x-amz-meta-b"));
    }

    [Theory]
    [InlineData("Content-Type", "text/plain\r\nSet-Cookie: a=b")]
    [InlineData("x-amz-meta-a", "1\n2")]
    [InlineData("Cache-Control", "no\0cache")]
    public async Task Fields_with_characters_that_no_header_can_have_are_refused(string name, string value)
    {
        await using TestDoor door = await BoxAsync();

        S3Answer posted = await PostAsync(door, $$"""["eq","$key","a"],["starts-with","${{name}}",""]""", "x", ("key", "a"), (name, value));

        posted.MustRefuse(400, "MalformedPOSTRequest");
        (await door.Admin.HeadAsync("/box/a")).Must(404);
    }

    [Fact]
    public async Task A_wrong_signature_another_bucket_and_a_policy_that_has_expired_are_refused()
    {
        await using TestDoor door = await BoxAsync();
        (await door.Admin.PutAsync("/other")).Must(200);
        byte[] form = Form(door, """["eq","$key","a"]""", "x", 600, ("key", "a"));
        byte[] altered = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(form).Replace("x-amz-signature\"\r\n\r\n", "x-amz-signature\"\r\n\r\n0", StringComparison.Ordinal));

        (await door.Nobody.SendAsync(Request(door, altered))).MustRefuse(403, "SignatureDoesNotMatch");
        (await door.Nobody.SendAsync(Request(door, form, "/other"))).MustRefuse(403, "AccessDenied");
        S3Answer late = await door.Nobody.SendAsync(Request(door, Form(door, """["eq","$key","a"]""", "x", -5, ("key", "a"))));
        Assert.Contains("Policy expired", late.MustRefuse(403, "AccessDenied").First("Message"), StringComparison.Ordinal);
        byte[] unsigned = Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n{FilePart("x")}");
        (await door.Nobody.SendAsync(Request(door, unsigned))).MustRefuse(403, "AccessDenied");
        (await door.Admin.HeadAsync("/box/a")).Must(404);
    }

    [Fact]
    public async Task A_form_that_is_cut_has_no_file_or_is_none_is_refused()
    {
        await using TestDoor door = await BoxAsync();
        byte[] form = Form(door, """["eq","$key","a"]""", "the whole file", 600, ("key", "a"));

        foreach (int cut in (int[])[form.Length / 2, form.Length - 30, form.Length - 14])
        {
            (await door.Nobody.SendAsync(Request(door, form[..cut]))).MustRefuse(400, "IncompleteBody");
        }

        byte[] noFile = Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--{Boundary}--\r\n");
        (await door.Nobody.SendAsync(Request(door, noFile))).MustRefuse(400, "InvalidArgument");
        byte[] long_ = Form(door, """["eq","$key","a"]""", "x", 600, ("key", "a"), ("x-ignore-much", new string('x', 70_000)));
        (await door.Nobody.SendAsync(Request(door, long_))).MustRefuse(400, "MalformedPOSTRequest");
        using HttpRequestMessage none = Request(door, form);
        none.Content!.Headers.ContentType = new("text/plain");
        (await door.Nobody.SendAsync(none)).MustRefuse(412, "PreconditionFailed");
        (await door.Admin.HeadAsync("/box/a")).Must(404);
    }

    [Fact]
    public async Task Signature_version_2_signs_forms_too()
    {
        await using TestDoor door = await BoxAsync();
        string policy = Policy(door.Admin, "box", """["eq","$key","a"]""", 600);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(door.Admin.SecretKey!));
        hmac.AppendData(Encoding.UTF8.GetBytes(policy));

        byte[] form = Parts("x", ("key", "a"), ("AWSAccessKeyId", door.Admin.AccessKey!), ("policy", policy), ("signature", Convert.ToBase64String(hmac.GetHashAndReset())));

        (await door.Nobody.SendAsync(Request(door, form))).Must(204);
    }

    private static Task<S3Answer> PostAsync(TestDoor door, string conditions, string file, params (string Name, string Value)[] fields) =>
        door.Nobody.SendAsync(Request(door, Form(door, conditions, file, 600, fields)));

    internal static HttpRequestMessage Request(TestDoor door, byte[] form, string bucket = "/box")
    {
        HttpRequestMessage request = door.Nobody.Request("POST", bucket);
        request.Content = new ByteArrayContent(form);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={Boundary}");
        return request;
    }

    private static byte[] Form(TestDoor door, string conditions, string file, int seconds, params (string Name, string Value)[] fields) =>
        Form(door.Admin, "box", conditions, file, seconds, fields);

    /// <summary>A form for a bucket, with a policy that a caller signed.</summary>
    internal static byte[] Form(
        S3Caller signer, string bucket, string conditions, string file, int seconds, params (string Name, string Value)[] fields)
    {
        string time = signer.Now.UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string credential = $"{signer.AccessKey}/{SigV4.Scope(time[..8], "us-east-1", SigV4.S3)}";
        string signed = $$"""{"x-amz-algorithm":"{{SigV4.Algorithm}}"},{"x-amz-credential":"{{credential}}"},{"x-amz-date":"{{time}}"}""";
        string policy = Policy(signer, bucket, conditions.Length == 0 ? signed : $"{signed},{conditions}", seconds);
        return Parts(file,
        [
            .. fields, ("x-amz-algorithm", SigV4.Algorithm), ("x-amz-credential", credential), ("x-amz-date", time), ("policy", policy),
            ("x-amz-signature", SigV4.Sign(signer.SigningKey(time[..8]), policy)),
        ]);
    }

    private static string Policy(S3Caller signer, string bucket, string conditions, int seconds) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $$"""{"expiration":"{{signer.Now.AddSeconds(seconds).UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}","conditions":[{"bucket":"{{bucket}}"},{{conditions}}]}"""));

    private static byte[] Parts(string file, params (string Name, string Value)[] fields) => Encoding.UTF8.GetBytes(string.Concat(fields.Select(
        static field => $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{field.Name}\"\r\n\r\n{field.Value}\r\n")) + FilePart(file));

    private static string FilePart(string file) =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\me\\a b.txt\"\r\nContent-Type: text/x\r\n\r\n{file}\r\n--{Boundary}--\r\n";

    private async Task<TestDoor> BoxAsync()
    {
        TestDoor door = await shared.EnterAsync();
        (await door.Admin.PutAsync("/box")).Must(200);
        return door;
    }
}
