using Karez.Tls.Keys;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Records;

public sealed class RecordTests : IDisposable
{
    private readonly RecordSealer _sealer = new();
    private readonly RecordOpener _opener = new();
    private readonly Secret _traffic = new(Enumerable.Range(1, 48).Select(octet => (byte)octet).ToArray());

    public static TheoryData<CipherSuite> Suites =>
        [CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256];

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_is_sealed_opens_in_place(CipherSuite suite)
    {
        Protect(suite);
        foreach (var length in new[] { 0, 1, 15, 16, 17, 1400, RecordSealer.MaxPayload })
        {
            var payload = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
            var record = Seal(payload);
            Assert.Equal(length + 22, record.Length);
            Assert.Equal(RecordStatus.Done, _opener.TryOpen(record, out var opened));
            Assert.Equal(new OpenedRecord(ContentType.ApplicationData, 5, length, record.Length), opened);
            Assert.Equal(payload, record[5..(5 + length)]);
        }
    }

    [Theory]
    [InlineData(0, 22)]
    [InlineData(0, 23)]
    [InlineData(6, 94)]
    [InlineData(1000, 4469)]
    [InlineData(100, RecordSealer.MaxRecord)]
    [InlineData(RecordSealer.MaxPayload, RecordSealer.MaxRecord)]
    public void A_record_is_padded_to_the_octet(int length, int total)
    {
        Protect(CipherSuite.Aes128GcmSha256);
        var record = Seal(new byte[length], ContentType.Handshake, total, fill: 0xFF);
        Assert.Equal(total, record.Length);
        if (length == 0)
            return; // Handshake records of no octets are refused below.
        Assert.Equal(RecordStatus.Done, _opener.TryOpen(record, out var opened));
        Assert.Equal((ContentType.Handshake, length, total), (opened.Type, opened.Length, opened.Consumed));
    }

    [Fact]
    public void A_record_cannot_be_padded_to_less_than_it_needs()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        var buffer = new byte[20_000];
        Assert.Throws<ArgumentOutOfRangeException>(() => _sealer.Seal(buffer, 5, 10, ContentType.Handshake, 31));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _sealer.Seal(buffer, 5, 10, ContentType.Handshake, RecordSealer.MaxRecord + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _sealer.Seal(buffer, 4, 10, ContentType.Handshake));
        Assert.Equal(0UL, _sealer.Sequence);
    }

    [Fact]
    public void Every_partial_record_needs_input_and_nothing_moves()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        var record = Seal([1, 2, 3]);
        for (var length = 0; length < record.Length; length++)
        {
            var part = record[..length];
            Assert.Equal(RecordStatus.NeedInput, _opener.TryOpen(part, out _));
            Assert.Equal(record[..length], part);
        }

        Assert.Equal(RecordStatus.Done, _opener.TryOpen(record, out _));
    }

    [Fact]
    public void What_follows_a_record_is_neither_read_nor_changed()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        byte[] garbage = [0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 1];
        byte[] input = [.. Seal([1, 2, 3]), .. garbage];
        Assert.Equal(RecordStatus.Done, _opener.TryOpen(input, out var record));
        Assert.Equal(25, record.Consumed);
        Assert.Equal(garbage, input[25..]);
        _opener.Detached = true;
        Assert.Throws<InvalidOperationException>(() => _opener.TryOpen(input.AsSpan(25), out _));
    }

    [Fact]
    public void Every_changed_octet_is_a_bad_record()
    {
        Protect(CipherSuite.ChaCha20Poly1305Sha256);
        var record = Seal([1, 2, 3]);
        for (var at = 1; at < record.Length; at++)
        {
            if (at is 3 or 4)
                continue; // The length: more is awaited, or what is cut off does not decrypt.
            using var opener = new RecordOpener();
            opener.Protect(CipherSuite.ChaCha20Poly1305Sha256, _traffic);
            var changed = record.ToArray();
            changed[at] ^= 1;
            Assert.Equal(RecordStatus.Failed, opener.TryOpen(changed, out _));
            Assert.Equal(TlsFault.UndecryptableRecord, opener.Fault);
        }
    }

    [Fact]
    public void A_record_too_short_for_its_tag_is_undecryptable()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        byte[] record = [23, 3, 3, 0, 16, .. new byte[16]];
        Fails(record, TlsFault.UndecryptableRecord);
    }

    [Theory]
    [InlineData(16384 + 257, true)]
    [InlineData(65535, true)]
    [InlineData(16385, false)]
    public void A_long_record_is_refused_at_its_header(int length, bool protect)
    {
        if (protect)
            Protect(CipherSuite.Aes128GcmSha256);
        byte[] header = [protect ? (byte)23 : (byte)22, 3, 3, (byte)(length >> 8), (byte)length];
        Fails(header, TlsFault.RecordTooLong);
    }

    [Fact]
    public void Padding_without_a_type_is_refused()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        Fails(Seal(new byte[10], ContentType.None), TlsFault.UnexpectedRecord);
    }

    [Theory]
    [InlineData((byte)ContentType.ChangeCipherSpec)]
    [InlineData(24)]
    [InlineData(1)]
    public void A_protected_record_of_a_wrong_type_is_refused(byte type)
    {
        Protect(CipherSuite.Aes128GcmSha256);
        Fails(Seal([1], (ContentType)type), TlsFault.UnexpectedRecord);
    }

    [Fact]
    public void Empty_handshake_and_odd_alert_records_are_refused()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        Fails(Seal([], ContentType.Handshake), TlsFault.UnexpectedRecord);
        using var opener = new RecordOpener();
        Assert.Equal(RecordStatus.Failed, opener.TryOpen([21, 3, 3, 0, 1, 2], out _));
        Assert.Equal(TlsFault.MalformedAlert, opener.Fault);
    }

    [Fact]
    public void What_is_not_tls_is_refused_at_once()
    {
        Fails("GET / HTTP/1.1\r\n"u8.ToArray(), TlsFault.NotTls);
        using var ssl = new RecordOpener();
        Assert.Equal(RecordStatus.Failed, ssl.TryOpen([22, 2, 0, 0, 1, 0], out _));
        Assert.Equal(TlsFault.NotTls, ssl.Fault);
    }

    [Fact]
    public void After_the_handshake_plain_records_are_refused()
    {
        foreach (var record in new byte[][] { [20, 3, 3, 0, 1, 1], [21, 3, 3, 0, 2, 2, 10], [22, 3, 3, 0, 1, 1] })
        {
            using var opener = new RecordOpener { InHandshake = false };
            opener.Protect(CipherSuite.Aes128GcmSha256, _traffic);
            Assert.Equal(RecordStatus.Failed, opener.TryOpen(record, out _));
            Assert.Equal(TlsFault.UnexpectedRecord, opener.Fault);
        }
    }

    [Fact]
    public void During_the_handshake_change_cipher_spec_and_plain_alerts_pass()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        Assert.Equal(RecordStatus.Done, _opener.TryOpen([20, 3, 3, 0, 1, 1], out var record));
        Assert.Equal(ContentType.ChangeCipherSpec, record.Type);
        Assert.Equal(RecordStatus.Done, _opener.TryOpen([21, 3, 3, 0, 2, 2, 10], out record));
        Assert.Equal(ContentType.Alert, record.Type);
        Fails([20, 3, 3, 0, 1, 2], TlsFault.MalformedChangeCipherSpec);
    }

    [Fact]
    public void Records_that_carry_nothing_are_tolerated_up_to_the_limit()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        _opener.MaxUseless = 3;
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal(RecordStatus.Done, _opener.TryOpen(Seal([]), out _));
            Assert.Equal(RecordStatus.Done, _opener.TryOpen(Seal([1]), out _));
        }

        for (var i = 0; i < 3; i++)
            Assert.Equal(RecordStatus.Done, _opener.TryOpen([20, 3, 3, 0, 1, 1], out _));
        Fails(Seal([]), TlsFault.TooManyUselessRecords);
    }

    [Fact]
    public void Undecryptable_early_data_is_skipped_up_to_the_limit()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        _opener.EarlyDataToSkip = 150;
        byte[] early = [23, 3, 3, 0, 100, .. new byte[100]];
        Assert.Equal(RecordStatus.Done, _opener.TryOpen([.. early], out var record));
        Assert.Equal((0, 105), (record.Length, record.Consumed));
        Assert.Equal(RecordStatus.Done, _opener.TryOpen([.. early], out _));
        Fails(early, TlsFault.UndecryptableRecord);
    }

    [Fact]
    public void The_first_record_that_decrypts_ends_the_skipping()
    {
        Protect(CipherSuite.Aes128GcmSha256);
        _opener.EarlyDataToSkip = 10_000;
        Assert.Equal(RecordStatus.Done, _opener.TryOpen([23, 3, 3, 0, 100, .. new byte[100]], out _));
        Assert.Equal(RecordStatus.Done, _opener.TryOpen(Seal([1]), out _));
        Fails([23, 3, 3, 0, 100, .. new byte[100]], TlsFault.UndecryptableRecord);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Ten_thousand_records_each_way_allocate_nothing(CipherSuite suite)
    {
        Protect(suite);
        var buffer = new byte[RecordSealer.MaxRecord];
        Exchange(buffer, 100); // Warm up: code, ciphers, thread statics.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(buffer, 10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _sealer.Dispose();
        _opener.Dispose();
        _traffic.Dispose();
    }

    private void Exchange(byte[] buffer, int records)
    {
        for (var i = 0; i < records; i++)
        {
            var total = _sealer.Seal(buffer, RecordSealer.Headroom, 1 + (i % 1400), ContentType.ApplicationData);
            if (_opener.TryOpen(buffer.AsSpan(0, total), out _) != RecordStatus.Done)
                Assert.Fail("A record did not open.");
        }
    }

    private void Protect(CipherSuite suite)
    {
        _sealer.Protect(suite, _traffic);
        _opener.Protect(suite, _traffic);
    }

    private byte[] Seal(
        byte[] payload, ContentType type = ContentType.ApplicationData, int recordLength = 0, byte fill = 0)
    {
        var buffer = new byte[RecordSealer.MaxRecord];
        buffer.AsSpan().Fill(fill);
        payload.CopyTo(buffer, RecordSealer.Headroom);
        return buffer[.._sealer.Seal(buffer, RecordSealer.Headroom, payload.Length, type, recordLength)];
    }

    private void Fails(byte[] input, TlsFault fault)
    {
        Assert.Equal(RecordStatus.Failed, _opener.TryOpen(input, out _));
        Assert.Equal(fault, _opener.Fault);
    }
}
