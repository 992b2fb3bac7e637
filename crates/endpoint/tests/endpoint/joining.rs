//! From an invitation to a member.

use crate::world::{Laptop, World, now};
use kiulu_wire::invitation::Secret;
use kiulu_wire::*;
use reqwest::Method;

on_both_databases!(
    an_invited_device_reads_takes_its_parcel_and_joins_once,
    an_invitation_ends_with_its_time_its_withdrawal_and_the_epoch,
    a_recovery_sheet_lets_in_until_it_is_withdrawn,
);

fn take(laptop: &Laptop) -> Vec<u8> {
    let device = PublicKey::of(&laptop.key);
    serde_json::to_vec(&api::TakeParcel { device }).unwrap()
}

async fn an_invited_device_reads_takes_its_parcel_and_joins_once(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let secret = Secret::new([5; 16]);
    let key = KeyHash::of(&secret.public_key());
    let parcel = format!("/parcels/{key}");
    assert_eq!(
        owner.ask(Method::PUT, &parcel, vec![1]).await.code(),
        "content_missing"
    );
    owner.invite(&secret, Role::Editor, now() + 60).await;
    let new = owner.other(5);
    let answer = new
        .ask_invited(&secret, Method::POST, "/parcel", take(&new))
        .await;
    assert_eq!(answer.code(), "content_missing");
    owner.ask(Method::PUT, &parcel, b"first".to_vec()).await.ok();
    owner
        .ask(Method::PUT, &parcel, b"sealed keys".to_vec())
        .await
        .ok();

    // The invitation reads the log and nothing that is for members.
    new.ask_invited(&secret, Method::GET, "/entries", vec![])
        .await
        .ok();
    new.ask_invited(&secret, Method::GET, "", vec![]).await.ok();
    for path in [
        "/devices".to_owned(),
        format!("/attachments/{}", ContentHash::of(b"")),
    ] {
        let answer = new.ask_invited(&secret, Method::GET, &path, vec![]).await;
        assert_eq!(answer.code(), "role_too_low");
    }
    let change = batch::encode([&owner.sealed(vec![1]).encode()[..]]);
    let answer = new.ask_invited(&secret, Method::POST, "/entries", change).await;
    assert_eq!(answer.code(), "role_too_low");

    // The first to ask gets the parcel, again too when the answer was lost, and nobody else.
    for _ in 0..2 {
        let got = new
            .ask_invited(&secret, Method::POST, "/parcel", take(&new))
            .await
            .ok();
        assert_eq!(got.body, b"sealed keys");
    }
    let thief = owner.other(6);
    let answer = thief
        .ask_invited(&secret, Method::POST, "/parcel", take(&thief))
        .await;
    assert_eq!(answer.code(), "parcel_taken");
    let joining = thief.joining(&secret, Role::Editor);
    assert_eq!(thief.send_joining(&secret, &joining).await.code(), "parcel_taken");

    let joining = new.joining(&secret, Role::Editor);
    new.send_joining(&secret, &joining).await.ok();
    // From now on it is a device, and the invitation nothing.
    let answer = new.ask_invited(&secret, Method::GET, "", vec![]).await;
    assert_eq!(answer.code(), "not_found");
    let mut new = new;
    new.roster.admit(&joining).unwrap();
    new.append(Body::Sealed(vec![1])).await;
    // Its lost answer to joining is recognised now that it asks as a device.
    new.send_entries(&[joining]).await.ok();
    let devices: api::DeviceList = owner.get("/devices").await.ok().json();
    assert_eq!((devices.devices.len(), devices.invitations.len()), (2, 0));
    running.stop().await;
}

async fn an_invitation_ends_with_its_time_its_withdrawal_and_the_epoch(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let editor = owner.join(2, Role::Editor).await;
    let secret = |number| Secret::new([number; 16]);
    owner.invite(&secret(20), Role::Viewer, now()).await;
    let new = owner.other(5);
    let answer = new.ask_invited(&secret(20), Method::GET, "", vec![]).await;
    assert_eq!(answer.code(), "invitation_expired");
    // Nor does a member bring the late one in.
    let late = new.joining(&secret(20), Role::Viewer);
    let refused = owner.send_entries(&[late]).await.refused();
    assert!(
        matches!(refused, Refused::InvitationExpired { .. }),
        "{refused:?}"
    );

    owner.invite(&secret(21), Role::Viewer, now() + 60).await;
    let key = KeyHash::of(&secret(21).public_key());
    owner
        .ask(Method::PUT, &format!("/parcels/{key}"), b"keys".to_vec())
        .await
        .ok();
    owner.record(Record::InvitationWithdrawn(key)).await;
    let answer = new
        .ask_invited(&secret(21), Method::POST, "/parcel", take(&new))
        .await;
    assert_eq!(answer.code(), "not_found");

    owner.invite(&secret(22), Role::Viewer, now() + 60).await;
    owner.revoke(editor.id).await;
    let answer = new.ask_invited(&secret(22), Method::GET, "", vec![]).await;
    assert_eq!(answer.code(), "not_found");
    running.stop().await;
}

async fn a_recovery_sheet_lets_in_until_it_is_withdrawn(world: &World) {
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    let sheet = Secret::new([30; 16]);
    let key = KeyHash::of(&sheet.public_key());
    let making = SheetMaking {
        key,
        device: owner.id,
        role: Role::Owner,
        recipient: b"age1sheet".to_vec(),
        sealed: b"sealed keys".to_vec(),
    };
    owner.record(Record::SheetMade(making)).await;
    // The laptop is lost. Another joins by the sheet, and revokes it.
    let mut found = owner.other(8);
    let read = found
        .ask_invited(&sheet, Method::GET, "/entries", vec![])
        .await
        .ok();
    assert_eq!(batch::decode(&read.body).unwrap().len(), 2);
    let joining = found.joining(&sheet, Role::Owner);
    found.send_joining(&sheet, &joining).await.ok();
    found.roster.admit(&joining).unwrap();
    found.revoke(owner.id).await;
    // The sheet still holds, now with the new epoch's key, until it is withdrawn.
    found.ask_invited(&sheet, Method::GET, "", vec![]).await.ok();
    assert_eq!(found.roster.members().sheets[&key].sealed, b"sealed key");
    found.record(Record::SheetWithdrawn(key)).await;
    let answer = found.ask_invited(&sheet, Method::GET, "", vec![]).await;
    assert_eq!(answer.code(), "not_found");
    running.stop().await;
}
