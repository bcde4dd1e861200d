'use strict';
// What the page says, by language. The server's own sentences come in English; the codes below are said in the reader's language.
const WORDS = {
  en: {
    firstName: 'First name', lastName: 'Last name', password: 'Password', again: 'Password, again',
    rule: '8 to 256 characters. A sentence is a good password.',
    different: 'The two passwords are different.', empty: 'Please choose a password.', short: 'The password must have at least 8 characters.',
    unreachable: 'The server cannot be reached right now. Please try again in a moment.', busy: 'The server is busy right now. Please try again in a moment.',
    noLink: 'This page is opened by a link in an email. Please open the link again, whole.',
    UNAUTHENTICATED: 'Please sign in to your account in this browser first.',
    LINK_EXPIRED: 'This link has expired or was used already. Please ask for a new one.',
    'verify': { title: 'Confirm your email address', lead: 'One click, and your address is confirmed.', send: 'Confirm', done: 'Your email address is confirmed. You can sign in now.' },
    'invitation': { title: 'Accept the invitation', lead: 'Choose a password for your account.', send: 'Accept', done: 'Welcome! You can sign in now.' },
    'reset': { title: 'Choose a new password', lead: 'It replaces the old one at once, and ends all sessions.', send: 'Save', done: 'Your password was changed. You can sign in with it now.' },
    'email-change': { title: 'Confirm your new email address', lead: 'First sign in to your account in this browser. Then one click, and it is its address.', send: 'Confirm', done: 'This is the email address of your account now.' },
    'undo-email-change': { title: 'Take the change back', lead: 'Your account gets its old email address back.', send: 'Take it back', done: 'The change was taken back. Choose a new password if you did not ask for it.' },
  },
  de: {
    firstName: 'Vorname', lastName: 'Nachname', password: 'Passwort', again: 'Passwort, noch einmal',
    rule: '8 bis 256 Zeichen. Ein Satz ist ein gutes Passwort.',
    different: 'Die beiden Passwörter sind verschieden.', empty: 'Bitte wählen Sie ein Passwort.', short: 'Das Passwort muss mindestens 8 Zeichen haben.',
    unreachable: 'Der Server ist gerade nicht zu erreichen. Bitte versuchen Sie es gleich noch einmal.', busy: 'Der Server ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
    noLink: 'Diese Seite wird durch einen Link in einer E-Mail geöffnet. Bitte öffnen Sie den ganzen Link noch einmal.',
    UNAUTHENTICATED: 'Bitte melden Sie sich zuerst in diesem Browser bei Ihrem Konto an.',
    LINK_EXPIRED: 'Dieser Link ist abgelaufen oder wurde schon benutzt. Bitte fordern Sie einen neuen an.',
    'verify': { title: 'E-Mail-Adresse bestätigen', lead: 'Ein Klick, und Ihre Adresse ist bestätigt.', send: 'Bestätigen', done: 'Ihre E-Mail-Adresse ist bestätigt. Sie können sich jetzt anmelden.' },
    'invitation': { title: 'Einladung annehmen', lead: 'Wählen Sie ein Passwort für Ihr Konto.', send: 'Annehmen', done: 'Willkommen! Sie können sich jetzt anmelden.' },
    'reset': { title: 'Neues Passwort wählen', lead: 'Es ersetzt das alte sofort und beendet alle Sitzungen.', send: 'Speichern', done: 'Ihr Passwort wurde geändert. Sie können sich jetzt damit anmelden.' },
    'email-change': { title: 'Neue E-Mail-Adresse bestätigen', lead: 'Melden Sie sich zuerst in diesem Browser bei Ihrem Konto an. Dann ein Klick, und sie ist dessen Adresse.', send: 'Bestätigen', done: 'Dies ist jetzt die E-Mail-Adresse Ihres Kontos.' },
    'undo-email-change': { title: 'Änderung rückgängig machen', lead: 'Ihr Konto bekommt seine bisherige E-Mail-Adresse zurück.', send: 'Rückgängig machen', done: 'Die Änderung ist rückgängig gemacht. Wählen Sie ein neues Passwort, falls sie nicht von Ihnen kam.' },
  },
};
