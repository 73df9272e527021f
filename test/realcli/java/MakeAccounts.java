import org.asamk.signal.manager.Settings;
import org.asamk.signal.manager.api.Contact;
import org.asamk.signal.manager.api.PhoneNumberSharingMode;
import org.asamk.signal.manager.api.Profile;
import org.asamk.signal.manager.api.ServiceEnvironment;
import org.asamk.signal.manager.api.TrustLevel;
import org.asamk.signal.manager.groups.GroupUtils;
import org.asamk.signal.manager.storage.SignalAccount;
import org.asamk.signal.manager.storage.groups.GroupInfoV2;
import org.asamk.signal.manager.storage.recipients.RecipientAddress;
import org.asamk.signal.manager.util.KeyUtils;
import org.signal.libsignal.metadata.certificate.ServerCertificate;
import org.signal.libsignal.protocol.IdentityKey;
import org.signal.libsignal.protocol.IdentityKeyPair;
import org.signal.libsignal.protocol.ecc.ECPrivateKey;
import org.signal.libsignal.zkgroup.groups.GroupMasterKey;
import org.signal.libsignal.zkgroup.profiles.ProfileKey;
import org.signal.storageservice.protos.groups.AccessControl;
import org.signal.storageservice.protos.groups.Member;
import org.signal.storageservice.protos.groups.local.DecryptedGroup;
import org.signal.storageservice.protos.groups.local.DecryptedMember;
import org.signal.storageservice.protos.groups.local.DecryptedTimer;
import org.signal.storageservice.protos.groups.local.EnabledState;
import org.whispersystems.signalservice.api.kbs.MasterKey;
import org.whispersystems.signalservice.api.push.ServiceId.ACI;
import org.whispersystems.signalservice.api.push.ServiceId.PNI;
import org.whispersystems.signalservice.api.push.ServiceIdType;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a signal-cli data directory with accounts that signal-cli takes for registered ones,
 * without any contact to a server. Only for tests: the accounts exist nowhere else.
 *
 * Usage: java -cp 'LIB/*' MakeAccounts.java OUTDIR SEED ACCOUNTS CONTACTS
 *
 * The accounts are +15550100001, +15550100002, ...: contacts of each other with profiles, and all members
 * of two groups. CONTACTS more people without an account are contacts of each account and members of the second group,
 * which only administrators may change. The first of them has disappearing messages, the second is blocked.
 *
 * Beside data/ it writes trust-root.b64 and certificates.json for the stand-in server, and groups.json, the list of
 * the group IDs in order. IDs, identity keys, profile keys and group keys follow from the seed; passwords and prekeys
 * are random.
 */
public class MakeAccounts {

    record Person(String number, ACI aci, PNI pni, IdentityKeyPair aciKeys, IdentityKeyPair pniKeys,
                  ProfileKey profileKey, String givenName, String familyName) {}

    static String seed;

    public static void main(String[] args) throws Exception {
        final Path out = Path.of(args[0]);
        seed = args[1];
        final int accounts = Integer.parseInt(args[2]);
        final int contacts = Integer.parseInt(args[3]);

        final Path data = out.resolve("data");
        Files.createDirectories(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        final var owners = new ArrayList<Person>();
        for (int i = 1; i <= accounts; i++) {
            owners.add(person("+1555010%04d".formatted(i), "Account", "No" + i));
        }
        final var others = new ArrayList<Person>();
        for (int i = 1; i <= contacts; i++) {
            others.add(person("+1555010%04d".formatted(1000 + i), "Contact", "No" + i));
        }

        // what the stand-in server needs: a sender certificate for each account, with and without the number
        final var rootKey = keys("trust-root");
        final var signerKey = keys("signer");
        final var signer = new ServerCertificate(rootKey.getPrivateKey(), 1, signerKey.getPublicKey().getPublicKey());
        final long expires = System.currentTimeMillis() + 10L * 365 * 86400 * 1000;
        Files.writeString(out.resolve("trust-root.b64"),
                Base64.getEncoder().encodeToString(rootKey.getPublicKey().getPublicKey().serialize()) + "\n");

        final var list = new ArrayList<String>();
        final var certs = new ArrayList<String>();
        for (int i = 0; i < accounts; i++) {
            final var owner = owners.get(i);
            final var path = "%06d".formatted(100001 + i);
            writeAccount(data.toFile(), path, owner, owners, others);
            list.add("{\"path\":\"%s\",\"environment\":\"LIVE\",\"number\":\"%s\",\"uuid\":\"%s\"}"
                    .formatted(path, owner.number(), owner.aci()));
            certs.add("\"%s\":{\"withNumber\":\"%s\",\"withoutNumber\":\"%s\"}".formatted(owner.aci(),
                    certificate(signer, signerKey, owner, true, expires),
                    certificate(signer, signerKey, owner, false, expires)));
        }
        Files.writeString(data.resolve("accounts.json"), "{\"accounts\":[" + String.join(",", list) + "],\"version\":2}\n");
        Files.writeString(out.resolve("certificates.json"), "{" + String.join(",", certs) + "}\n");
        Files.writeString(out.resolve("groups.json"), "[\"%s\",\"%s\"]\n".formatted(
                GroupUtils.getGroupIdV2(master(1)).toBase64(), GroupUtils.getGroupIdV2(master(2)).toBase64()));
    }

    static String certificate(ServerCertificate signer, IdentityKeyPair signerKey, Person p, boolean number, long expires) {
        final var cert = signer.issue(signerKey.getPrivateKey(), p.aci().toString(),
                number ? Optional.of(p.number()) : Optional.empty(), 1, p.aciKeys().getPublicKey().getPublicKey(), expires);
        return Base64.getEncoder().encodeToString(cert.getSerialized());
    }

    static void writeAccount(File data, String path, Person self, List<Person> owners, List<Person> others) throws Exception {
        final long now = System.currentTimeMillis();
        try (var account = SignalAccount.create(data, path, self.number(), ServiceEnvironment.LIVE,
                self.aciKeys(), self.pniKeys(), self.profileKey(), Settings.DEFAULT)) {
            account.initDatabase();
            account.finishRegistration(self.aci(), self.pni(), new MasterKey(bytes("master:" + self.number(), 32)), null,
                    KeyUtils.generatePreKeysForType(account.getAccountData(ServiceIdType.ACI)),
                    KeyUtils.generatePreKeysForType(account.getAccountData(ServiceIdType.PNI)));
            // no server has seen these prekeys: forget them, so that the first start uploads fresh ones
            for (var type : ServiceIdType.values()) {
                account.resetPreKeyOffsets(type);
                account.resetKyberPreKeyOffsets(type);
            }
            account.setLastReceiveTimestamp(now);
            account.setLastRecipientsRefresh(now);

            final var recipients = account.getRecipientStore();
            recipients.storeProfile(recipients.resolveSelfRecipientTrusted(address(self)), profile(self, now));
            for (var p : owners) {
                if (p != self) addContact(account, p, now, 0, false);
            }
            for (int i = 0; i < others.size(); i++) {
                addContact(account, others.get(i), now, i == 0 ? 3600 : 0, i == 1);
            }
            addGroup(account, 1, self, owners, List.of(), AccessControl.AccessRequired.MEMBER);
            addGroup(account, 2, self, owners, others, AccessControl.AccessRequired.ADMINISTRATOR);
        }
    }

    static void addContact(SignalAccount account, Person p, long now, int expiration, boolean blocked) {
        final var recipients = account.getRecipientStore();
        final var id = recipients.resolveRecipientTrusted(address(p));
        recipients.storeContact(id, Contact.newBuilder()
                .withGivenName(p.givenName())
                .withFamilyName(p.familyName())
                .withMessageExpirationTime(expiration)
                .withIsBlocked(blocked)
                .withIsProfileSharingEnabled(true)
                .build());
        recipients.storeProfileKey(id, p.profileKey());
        recipients.storeProfile(id, profile(p, now));
        final var identities = account.getIdentityKeyStore();
        identities.saveIdentity(p.aci(), p.aciKeys().getPublicKey());
        identities.setIdentityTrustLevel(p.aci(), p.aciKeys().getPublicKey(), TrustLevel.TRUSTED_UNVERIFIED);
    }

    static void addGroup(SignalAccount account, int number, Person self, List<Person> owners, List<Person> others,
                         AccessControl.AccessRequired access) throws Exception {
        final var group = new GroupInfoV2(GroupUtils.getGroupIdV2(master(number)), master(number), account.getRecipientResolver());
        final var members = new ArrayList<DecryptedMember>();
        for (var p : owners) members.add(member(p, p == self ? Member.Role.ADMINISTRATOR : Member.Role.DEFAULT));
        for (var p : others) members.add(member(p, Member.Role.DEFAULT));
        group.setGroup(new DecryptedGroup.Builder()
                .title("Group " + number)
                .description("Offline group " + number)
                .revision(3)
                .members(members)
                .disappearingMessagesTimer(new DecryptedTimer.Builder().duration(0).build())
                .accessControl(new AccessControl.Builder()
                        .attributes(AccessControl.AccessRequired.MEMBER)
                        .members(access)
                        .addFromInviteLink(AccessControl.AccessRequired.UNSATISFIABLE)
                        .build())
                .isAnnouncementGroup(EnabledState.DISABLED)
                .build());
        group.setProfileSharingEnabled(true);
        account.getGroupStore().updateGroup(group);
    }

    static GroupMasterKey master(int group) throws Exception {
        return new GroupMasterKey(bytes("group:" + group, 32));
    }

    static DecryptedMember member(Person p, Member.Role role) {
        return new DecryptedMember.Builder()
                .aciBytes(p.aci().toByteString())
                .pniBytes(p.pni().toByteString())
                .profileKey(okio.ByteString.of(p.profileKey().serialize()))
                .role(role)
                .joinedAtRevision(0)
                .build();
    }

    static Profile profile(Person p, long now) {
        return Profile.newBuilder()
                .withLastUpdateTimestamp(now)
                .withGivenName(p.givenName())
                .withFamilyName(p.familyName())
                .withAbout("made offline")
                .withUnidentifiedAccessMode(Profile.UnidentifiedAccessMode.ENABLED)
                .withCapabilities(Set.of())
                .withPhoneNumberSharingMode(PhoneNumberSharingMode.EVERYBODY)
                .build();
    }

    static RecipientAddress address(Person p) {
        return new RecipientAddress(p.aci(), p.pni(), p.number());
    }

    static final Map<String, Person> people = new HashMap<>();

    static Person person(String number, String given, String family) throws Exception {
        var p = people.get(number);
        if (p == null) {
            p = new Person(number, ACI.from(uuid("aci:" + number)), PNI.from(uuid("pni:" + number)),
                    keys("aci-key:" + number), keys("pni-key:" + number),
                    new ProfileKey(bytes("profile:" + number, 32)), given, family);
            people.put(number, p);
        }
        return p;
    }

    static IdentityKeyPair keys(String label) throws Exception {
        final var secret = new ECPrivateKey(bytes(label, 32));
        return new IdentityKeyPair(new IdentityKey(secret.publicKey()), secret);
    }

    static UUID uuid(String label) throws Exception {
        final var b = ByteBuffer.wrap(bytes(label, 16));
        return new UUID(b.getLong() & ~0xf000L | 0x4000L, b.getLong() & 0x3fffffffffffffffL | 0x8000000000000000L);
    }

    static byte[] bytes(String label, int size) throws Exception {
        final var sum = MessageDigest.getInstance("SHA-256").digest((seed + "|" + label).getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(sum, size);
    }
}
